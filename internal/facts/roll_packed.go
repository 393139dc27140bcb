package facts

// rollWords are what the numbers of a roll's keys stand for.
type rollWords struct {
	units    []keyValue
	dims     []Dimension
	segments [][]string // by dimension
}

// rollPatterns are the patterns of a need, as numbers.
type rollPatterns struct {
	words  *rollWords
	layout layout
	ends   pointEnds   // of the need
	tables []rollTable // by dimension, or of the total where there is none
}

// width is how many numbers there are for each key.
func (p *rollPatterns) width() int { return 1 + p.layout.sums() }

// kept is how many patterns would take as much memory.
func (p *rollPatterns) kept() int {
	n := 0
	for _, t := range p.tables {
		n += len(t.keys)
	}
	return n / packedKeys
}

// packedKeys is how many keys with their numbers take as much memory as one pattern
// with what it is found by.
const packedKeys = 4

// dimension is the place of a dimension, -1 for none.
func (p *rollPatterns) dimension(name string) int {
	for d := range p.words.dims {
		if p.words.dims[d].Name == name {
			return d
		}
	}
	return -1
}

// unpack are the patterns of a dimension, or of the total.
func (p *rollPatterns) unpack(dimension string) map[string]*pattern {
	d := p.dimension(dimension)
	t := &p.tables[max(d, 0)] // each tells the total
	if d < 0 {
		var total rollTable
		total.merge(t, p.width(), true)
		t = &total
	}
	out := make(map[string]*pattern, len(t.keys))
	for k, key := range t.keys {
		sums := t.sums[k*p.width() : (k+1)*p.width()]
		pt := pattern{digits: make([]uint8, p.layout.slots()), unit: p.words.units[key.unit], n: sums[0], sums: sums[1:]}
		for i := range pt.digits {
			pt.digits[i] = uint8(key.mask >> (2 * i) & 3)
		}
		if d >= 0 {
			pt.segments = make([]segmentValue, len(p.layout.attribution))
			for i := range pt.segments {
				if id := int32(key.segments>>(rollSegment*i)&(1<<rollSegment-1)) - 1; id != noSegment {
					pt.segments[i] = segmentValue{p.words.segments[d][id], true}
				}
			}
		}
		addPattern(out, pt)
	}
	return out
}
