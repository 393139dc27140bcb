package calendar

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestEveryCountsFromTheEpoch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name             string
		interval, offset time.Duration
		after, want      string
	}{
		{"between two slots", 5 * time.Minute, 0, "2024-06-01T12:03:20Z", "2024-06-01T12:05:00Z"},
		{"on a slot", 5 * time.Minute, 0, "2024-06-01T12:05:00Z", "2024-06-01T12:10:00Z"},
		{"just before a slot", 5 * time.Minute, 0, "2024-06-01T12:04:59.999999999Z", "2024-06-01T12:05:00Z"},
		{"moved by an offset", 5 * time.Minute, 90 * time.Second, "2024-06-01T12:03:20Z", "2024-06-01T12:06:30Z"},
		{"moved by more than an interval", time.Minute, 150 * time.Second, "2024-06-01T12:03:20Z", "2024-06-01T12:03:30Z"},
		{"moved back", time.Hour, -time.Minute, "2024-06-01T12:03:20Z", "2024-06-01T12:59:00Z"},
		{"once a day at midnight", 24 * time.Hour, 0, "2024-06-01T12:03:20Z", "2024-06-02T00:00:00Z"},
		// 1 January 1970 was a Thursday.
		{"once a week on Thursdays", 7 * 24 * time.Hour, 0, "2024-06-01T12:03:20Z", "2024-06-06T00:00:00Z"},
		{"an interval that divides no day", 7 * time.Second, 0, "1970-01-01T00:00:10Z", "1970-01-01T00:00:14Z"},
		{"before the epoch", 7 * time.Second, 0, "1969-12-31T23:59:50Z", "1969-12-31T23:59:53Z"},
		{"no interval is a second", 0, 0, "2024-06-01T12:03:20.5Z", "2024-06-01T12:03:21Z"},
		{"a negative interval is a second", -time.Hour, 0, "2024-06-01T12:03:20.5Z", "2024-06-01T12:03:21Z"},
		{"part of a second", 100 * time.Millisecond, 0, "2024-06-01T12:03:20.25Z", "2024-06-01T12:03:20.3Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			after, err := time.Parse(time.RFC3339Nano, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			if got := Every(tt.interval, tt.offset).Next(after).Format(time.RFC3339Nano); got != tt.want {
				t.Errorf("Next(%s) = %s, want %s", tt.after, got, tt.want)
			}
		})
	}
}

func TestEverySlotIsAfterAndNoFurtherThanAnInterval(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 6))
	for range 5000 {
		interval := time.Duration(1 + r.Int64N(int64(48*time.Hour)))
		s := Every(interval, time.Duration(r.Int64N(int64(96*time.Hour)))-48*time.Hour)
		at := time.Unix(r.Int64N(5e9)-1e9, r.Int64N(1e9))
		next := s.Next(at)
		if !next.After(at) || next.Sub(at) > interval {
			t.Fatalf("every %v: %v follows %v", interval, next, at)
		}
		if again := s.Next(next); again.Sub(next) != interval {
			t.Fatalf("every %v: slots are %v apart", interval, again.Sub(next))
		}
		// What was asked before changes nothing.
		if between := at.Add(next.Sub(at) / 2); between.Before(next) && s.Next(between) != next {
			t.Fatalf("every %v: %v follows %v, but %v follows %v", interval, next, at, s.Next(between), between)
		}
	}
}

func TestStagger(t *testing.T) {
	t.Parallel()
	if got := Stagger("support", 5*time.Minute); got != Stagger("support", 5*time.Minute) {
		t.Error("the offset of a name varies")
	}
	for _, interval := range []time.Duration{-time.Second, 0, time.Microsecond} {
		if got := Stagger("support", interval); got != 0 {
			t.Errorf("Stagger for an interval of %v = %v", interval, got)
		}
	}
	for _, interval := range []time.Duration{time.Second, 30 * time.Second, 5 * time.Minute, time.Hour, 24 * time.Hour} {
		bound := min(interval, 5*time.Minute)
		const names, parts = 4000, 8
		var filled [parts]float64
		for i := range names {
			offset := Stagger(fmt.Sprintf("collector-%d", i), interval)
			if offset < 0 || offset >= bound {
				t.Fatalf("interval %v: offset %v", interval, offset)
			}
			filled[int64(offset)*parts/int64(bound)]++
		}
		for _, n := range filled {
			// Five standard deviations of an even spread.
			if math.Abs(n-names/parts) > 5*math.Sqrt(names/parts) {
				t.Errorf("interval %v: names are spread unevenly: %v", interval, filled)
			}
		}
	}
}
