package demo

import _ "embed" // the configuration is part of the program

// PathVariable is the environment variable by which the configuration names the
// database.
const PathVariable = "CX_DEMO_DB"

//go:embed cx.yml
var configuration string

// Config returns the configuration that the demo runs. It stands in
// examples/demo/cx.yml too, where people look for it.
func Config() []byte { return []byte(configuration) }
