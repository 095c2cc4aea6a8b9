// The static file server of net/http's documentation. HOST, PORT and SITE come from the environment.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	http.Handle("/", http.FileServer(http.Dir(os.Getenv("SITE"))))
	log.Fatal(http.ListenAndServe(net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT")), nil))
}
