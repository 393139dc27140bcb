package alerts

import "time"

// newsFor is how long the end of a goal is news.
const newsFor = 4 * day

// ended reports whether it is known how a goal ended, or that nobody can tell.
func (g *Goal) ended(s State) bool {
	return s.Final() || g.Reach && s.Status != "" && !s.At.Before(g.Deadline)
}

// Looked completes the verdict that a look at an instant came to from the one
// before. A goal may have ended days before anybody looked, and is news from the
// look on; so is what rows that came late say of a deadline. A goal that nothing was
// known of before is none: its end may have been told long ago.
func (g *Goal) Looked(before, v Verdict, at time.Time) Verdict {
	ended, decided := !g.ended(before.State) && g.ended(v.State), !before.State.Final() && v.State.Final()
	if before.Known && (ended || decided) {
		v.Found = at
	}
	return v
}

// news is since when the end of a goal is news; ok is false before it.
func (g *Goal) news(v Verdict) (since time.Time, ok bool) {
	switch {
	case !v.Known || !g.ended(v.State):
		return time.Time{}, false
	case !v.Found.IsZero():
		return v.Found, true
	case v.State.Final():
		return v.State.Since, true
	}
	return g.Deadline, true
}
