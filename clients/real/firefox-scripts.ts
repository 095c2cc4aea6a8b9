/** Functions, as source text, that do in Firefox's own window what its menus, keys and address bar do. */

/** Opens an address as Enter in the address bar does: without a referrer, with user activation. */
export const TYPE_ADDRESS = `(url) => {
  gBrowser.selectedBrowser.fixupAndLoadURIString(url, {
    triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
    hasValidUserGestureActivation: true,
  });
}`;

/**
 * Presses a key in the window as the keyboard does (an event that the page may see, and that counts as the user's), with Ctrl (on macOS: Command)
 * where `withAccel`. Calling the command behind the key is not the same: a reload then lacks user activation, and its request `Sec-Fetch-User`.
 */
const pressKey = (key: string, withAccel: boolean) => `() => {
  const processor = Cc['@mozilla.org/text-input-processor;1'].createInstance(Ci.nsITextInputProcessor);
  if (!processor.beginInputTransactionForTests(window)) throw new Error('this window takes no keys');
  const event = (name) => new KeyboardEvent('', { key: name, code: name, keyCode: KeyEvent['DOM_VK_' + name.toUpperCase()] ?? 0 });
  const accel = new KeyboardEvent('', { key: Services.appinfo.OS === 'Darwin' ? 'Meta' : 'Control' });
  const withAccel = ${withAccel};
  if (withAccel) processor.keydown(accel);
  processor.keydown(event('${key}'));
  processor.keyup(event('${key}'));
  if (withAccel) processor.keyup(accel);
}`;

/** Reloads by F5. */
export const RELOAD = pressKey('F5', false);
/** Reloads by Ctrl+F5, which does what Ctrl+Shift+R does. */
export const HARD_RELOAD = pressKey('F5', true);

/** Sets what "Disable HTTP cache" of the developer tools sets (devtools/server/actors/target-configuration.js). */
export const DISABLE_CACHE = '() => { gBrowser.selectedBrowser.browsingContext.defaultLoadFlags = Ci.nsIRequest.LOAD_BYPASS_CACHE; }';

/** Gives the page user activation, as a key press or a click on it does, so that media may play. */
export const ACTIVATE = '() => { gBrowser.selectedBrowser.browsingContext.notifyUserGestureActivation?.(); }';

/** Quits Firefox as its menu does. */
export const QUIT = '() => { Services.startup.quit(Ci.nsIAppStartup.eAttemptQuit); }';

/** Starts to watch for the next load of the top-level document. */
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

/** Resolves when that load has ended, successfully or not, or after `limitMs`. */
export const LOAD_ENDED = `(limitMs) => Promise.race([window.wirematrixLoad, new Promise((late) => setTimeout(late, limitMs, null))])`;
