/** What the menus, keys and address bar of Firefox do, as source text that runs in the browser's own window. */

/** A function: as the address bar's Enter does (no referrer, the user's activation). */
export const TYPE_ADDRESS = `(url) => {
  gBrowser.selectedBrowser.fixupAndLoadURIString(url, {
    triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
    hasValidUserGestureActivation: true,
  });
}`;

export const RELOAD = '() => { BrowserCommands.reload(); }';
export const HARD_RELOAD = '() => { BrowserCommands.reloadSkipCache(); }';

/** A function: what "Disable HTTP cache" of the developer tools sets (devtools/server/actors/target-configuration.js). */
export const DISABLE_CACHE = '() => { gBrowser.selectedBrowser.browsingContext.defaultLoadFlags = Ci.nsIRequest.LOAD_BYPASS_CACHE; }';

/** A function: as a key or click on the page does, so that media may play. */
export const ACTIVATE = '() => { gBrowser.selectedBrowser.browsingContext.notifyUserGestureActivation?.(); }';

export const QUIT = '() => { Services.startup.quit(Ci.nsIAppStartup.eAttemptQuit); }';

/** A function: begins to watch for a load of the top document that starts from now on. */
export const EXPECT_LOAD = `() => {
  const { STATE_START, STATE_STOP, STATE_IS_NETWORK } = Ci.nsIWebProgressListener;
  const browser = gBrowser.selectedBrowser;
  window.wirematrixLoad = new Promise((resolve) => {
    let begun = false;
    const listener = {
      QueryInterface: ChromeUtils.generateQI(['nsIWebProgressListener', 'nsISupportsWeakReference']),
      onStateChange(progress, request, flags) {
        if (!progress.isTopLevel || !(flags & STATE_IS_NETWORK)) return;
        if (flags & STATE_START) begun = true;
        if (!begun || !(flags & STATE_STOP)) return;
        browser.removeProgressListener(listener);
        resolve(null);
      },
    };
    // The browser holds listeners weakly.
    window.wirematrixListener = listener;
    browser.addProgressListener(listener, Ci.nsIWebProgress.NOTIFY_STATE_NETWORK);
  });
}`;

/** A function: resolves when that load has ended, well or not, or after \`limitMs\`. */
export const LOAD_ENDED = `(limitMs) => Promise.race([window.wirematrixLoad, new Promise((late) => setTimeout(late, limitMs, null))])`;
