package main

import (
	"fmt"
	"slices"
	"strconv"
	"text/template"

	"github.com/alecthomas/kingpin/v2"
)

// usage is the help page: of the program, or of one command, whose own flags
// come first.
const usage = `{{if .Context.SelectedCommand -}}
usage: {{.App.Name}} {{.Context.SelectedCommand}} [<flags>]
{{with .Context.SelectedCommand.Help}}
{{.|Wrap 0 -}}
{{end -}}
{{with .Context.SelectedCommand.Flags|Rows}}
Flags:
{{.|FormatTwoColumns -}}
{{end}}
Flags of all commands:
{{.App.Flags|Rows|FormatTwoColumns -}}
{{else -}}
usage: {{.App.Name}} [<command>] [<flags>]

{{.App.Help|Wrap 0}}
Commands:
{{.App.Commands|Commands|FormatTwoColumns}}
Flags of all commands:
{{.App.Flags|Rows|FormatTwoColumns}}
First steps:
  cx-exporter demo              look at an invented company; needs nothing
  cx-exporter check --connect   is cx.yml right, and does it fit the databases?
  cx-exporter eval              the KPIs of cx.yml, once, on the terminal
  cx-exporter                   serve them to Prometheus

It ends with 0 if all went well, 1 if something failed, and 2 if the
configuration or the command line is wrong.
{{end -}}
`

// usageFuncs are what the help page is made with. Flags that are on or off are
// shown with the [no-] that could stand before them where they are on by default,
// and defaults without quotes.
func usageFuncs() template.FuncMap {
	return template.FuncMap{
		"Rows": func(flags []*kingpin.FlagModel) [][2]string {
			var rows [][2]string
			for _, f := range flags {
				if f.Hidden {
					continue
				}
				name := "    --" + f.Name
				switch {
				case f.Short != 0:
					name = fmt.Sprintf("-%c, --%s", f.Short, f.Name)
				case !f.IsBoolFlag():
					name += "=" + unquoted(f.FormatPlaceHolder())
				case slices.Equal(f.Default, []string{"true"}):
					name = "    --[no-]" + f.Name
				}
				rows = append(rows, [2]string{name, f.HelpWithEnvar()})
			}
			return rows
		},
		"Commands": func(commands []*kingpin.CmdModel) [][2]string {
			var rows [][2]string
			for _, c := range commands {
				if !c.Hidden {
					rows = append(rows, [2]string{c.Name, c.Help})
				}
			}
			return rows
		},
	}
}

// unquoted is a text in quotes without them, unless nothing would be left.
func unquoted(s string) string {
	if text, err := strconv.Unquote(s); err == nil && text != "" {
		return text
	}
	return s
}
