package exporter

import "time"

// touch notes that the page is out of date.
func (e *Exporter) touch() {
	select {
	case e.dirty <- struct{}{}:
	default:
	}
}

// settling is how long changes are gathered before the page is rendered, so
// that collectors that end together cost one rendering.
const settling = 50 * time.Millisecond

// render keeps the page up to date until Stop.
func (e *Exporter) render() {
	var p printer
	for {
		select {
		case <-e.dirty:
		case <-e.stop:
			return
		}
		settled := time.NewTimer(settling)
		select {
		case <-settled.C:
		case <-e.stop:
			settled.Stop()
			return
		}
		select { // what changed while it settled is in this page already
		case <-e.dirty:
		default:
		}
		e.show(&p)
	}
}

// show renders the page and the board as of now.
func (e *Exporter) show(p *printer) {
	page := p.print(e.store.page())
	if page.Err != nil {
		e.log.Error("cannot render the metrics page", "err", page.Err)
	}
	e.board.Store(e.store.board())
	e.shown.Store(page)
}
