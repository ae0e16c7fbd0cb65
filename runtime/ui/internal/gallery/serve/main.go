// Command serve shows the gallery of components at the address given, 127.0.0.1:8080 without one.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"github.com/diwan-gov/diwan/runtime/ui/internal/gallery"
)

func main() {
	addr := "127.0.0.1:8080"
	if len(os.Args) > 1 {
		addr = os.Args[1]
	}
	server := &http.Server{Addr: addr, Handler: gallery.Handler(), ReadHeaderTimeout: 5 * time.Second}
	log.Printf("http://%s/", addr)
	log.Fatal(server.ListenAndServe())
}
