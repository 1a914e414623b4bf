// This file is yours: apigen wrote it once and will not touch it again.

// Command wardle serves the API groups of this project.
package main

import (
	"os"

	"example.com/wardle/internal/server"
)

func main() {
	// What runs beside the server goes into Extensions: hooks that start with it, and end with it.
	os.Exit(server.Main(server.Extensions{}))
}
