package openmetrics

// NarrowSpool is a spool that holds no more than some samples in memory, and opens
// no more than some parts at once.
func NarrowSpool(dir string, most, open int) *Spool {
	s := NewSpool(dir)
	s.most, s.open = most, open
	return s
}

// Remembered is how many series a spool knows of.
func (s *Spool) Remembered() int {
	n := len(s.series)
	for _, f := range s.families {
		n += len(f.series)
	}
	return n
}
