// http.DefaultClient, behind a small server of its own.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	origin := "http://" + os.Getenv("UPSTREAM")
	http.HandleFunc("/", func(writer http.ResponseWriter, asked *http.Request) {
		body, _ := io.ReadAll(asked.Body)
		var content io.Reader
		if len(body) > 0 {
			content = bytes.NewReader(body)
		}
		request, err := http.NewRequest(asked.Method, origin+asked.URL.RequestURI(), content)
		if err != nil {
			log.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			// The innermost error: those around it name addresses.
			for errors.Unwrap(err) != nil {
				err = errors.Unwrap(err)
			}
			writer.Header().Set("X-Exception", fmt.Sprint(err))
			writer.WriteHeader(http.StatusBadGateway)
			return
		}
		// Only a body that was read to its end lets the connection go back to the pool.
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		writer.WriteHeader(response.StatusCode)
	})
	log.Fatal(http.ListenAndServe(os.Getenv("HOST")+":"+os.Getenv("PORT"), nil))
}
