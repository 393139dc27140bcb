package facts

// rollKey is what tells the patterns of a need apart.
type rollKey struct {
	mask     uint64
	segments uint64
	unit     int32
}

// rollTable is numbers of subjects by what they look like, in the order in which
// that was seen first.
type rollTable struct {
	keys []rollKey
	// sums are, for each key, the number of its subjects, and then what is summed
	// over them.
	sums []float64
	// places are those of keys, one more, by their hash or behind it: a map of its
	// own that costs a third. A power of two, half empty at least; none while there
	// are so few keys that to look at them all costs less.
	places []int32
}

// fewKeys is how many keys are all looked at.
const fewKeys = 8

// hash spreads keys over places. Masks differ in their low bits first.
func (k rollKey) hash() uint64 {
	const odd = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio (Knuth, section 6.4)
	h := (k.mask ^ uint64(k.unit)<<40) * odd
	h = (h ^ h>>32 ^ k.segments) * odd
	return h ^ h>>32
}

// place is where a key is, or is to be.
func (t *rollTable) place(key rollKey) *int32 {
	for i := key.hash(); ; i++ {
		p := &t.places[i&uint64(len(t.places)-1)]
		if *p == 0 || t.keys[*p-1] == key {
			return p
		}
	}
}

// grow doubles the places.
func (t *rollTable) grow() {
	t.places = make([]int32, max(4*fewKeys, 2*len(t.places)))
	for i, key := range t.keys {
		*t.place(key) = int32(i + 1)
	}
}

// find is the index of a key, which is added where it is new, with so many sums.
func (t *rollTable) find(key rollKey, width int) int {
	if len(t.places) == 0 {
		for i := range t.keys {
			if t.keys[i] == key {
				return i
			}
		}
	}
	if 2*len(t.keys) >= max(2*fewKeys, len(t.places)) {
		t.grow()
	}
	i := len(t.keys)
	if len(t.places) > 0 {
		p := t.place(key)
		if *p > 0 {
			return int(*p - 1)
		}
		*p = int32(i + 1)
	}
	t.keys = append(t.keys, key)
	for range width {
		t.sums = append(t.sums, 0)
	}
	return i
}

// add adds sums to those of a key.
func (t *rollTable) add(key rollKey, sums []float64) {
	i := t.find(key, len(sums)) * len(sums)
	for k, x := range sums {
		t.sums[i+k] += x
	}
}

// merge adds what another table holds, of a segment or of all.
func (t *rollTable) merge(o *rollTable, width int, all bool) {
	for i, key := range o.keys {
		if all {
			key.segments = 0
		}
		t.add(key, o.sums[i*width:(i+1)*width])
	}
}

// reset empties the table for further use.
func (t *rollTable) reset() {
	clear(t.places)
	t.keys, t.sums = t.keys[:0], t.sums[:0]
}

// rollTree is tables of needs that follow one another. What holds for many of
// them is counted once, in a table that stands for two, four or more: who looks the
// same all the time is counted once for all.
type rollTree struct {
	// nodes are those of a binary tree, the children of i being 2i and 2i+1. The
	// leaves, half of them, are the needs.
	nodes []rollTable
}

func newRollTree(needs int) rollTree {
	leaves := 1
	for leaves < needs {
		leaves *= 2
	}
	return rollTree{make([]rollTable, 2*leaves)}
}

// add adds sums to a key for the needs from one up to another. It returns the size
// of the greatest table that it has touched.
func (t *rollTree) add(from, to int, key rollKey, sums []float64) (size int) {
	leaves := len(t.nodes) / 2
	for from, to = from+leaves, to+leaves; from < to; from, to = from/2, to/2 {
		if from&1 == 1 {
			t.nodes[from].add(key, sums)
			size = max(size, len(t.nodes[from].keys))
			from++
		}
		if to&1 == 1 {
			to--
			t.nodes[to].add(key, sums)
			size = max(size, len(t.nodes[to].keys))
		}
	}
	return size
}

// gather puts what holds for a need into a table.
func (t *rollTree) gather(need, width int, to *rollTable) {
	to.reset()
	for i := need + len(t.nodes)/2; i > 0; i /= 2 {
		to.merge(&t.nodes[i], width, false)
	}
}
