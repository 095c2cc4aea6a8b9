// The example of httputil.NewSingleHostReverseProxy.
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func main() {
	upstream := &url.URL{Scheme: "http", Host: os.Getenv("UPSTREAM")}
	address := os.Getenv("HOST") + ":" + os.Getenv("PORT")
	log.Fatal(http.ListenAndServe(address, httputil.NewSingleHostReverseProxy(upstream)))
}
