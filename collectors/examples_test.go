package collectors_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/cx-exporter/cx-exporter/config"
)

// The reference shows collectors; these are the sources that they read.
const sources = `sources:
  - {name: crm, driver: sqlite, path: crm.db}
  - {name: finance, driver: sqlite, path: finance.db}
  - {name: helpdesk, driver: sqlite, path: helpdesk.db}
  - {name: shop, driver: sqlite, path: shop.db}
`

var example = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func TestExamplesOfTheReferenceLoad(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join("..", "docs", "kpis.md"))
	if err != nil {
		t.Fatal(err)
	}
	examples := example.FindAllSubmatch(content, -1)
	if len(examples) == 0 {
		t.Fatal("the reference has no examples")
	}
	for i, e := range examples {
		t.Run(strconv.Itoa(i+1), func(t *testing.T) {
			t.Parallel()
			file := []byte(sources + string(e[1]))
			if _, err := config.LoadBytes("cx.yml", file, func(string) (string, bool) { return "", false }); err != nil {
				t.Errorf("%v\n%s", err, file)
			}
		})
	}
}
