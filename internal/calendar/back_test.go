package calendar

import (
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/kpi"
)

func TestBack(t *testing.T) {
	t.Parallel()
	berlin := location(t, "Europe/Berlin")
	at := func(text string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", text, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	tests := []struct {
		name             string
		lo, hi, at       string
		years, days      int
		wantLo, wantHi   string
		wantAt           string
		lowerIsUnbounded bool
	}{
		{"a month keeps its days", "2024-03-01 00:00", "2024-04-01 00:00", "2024-04-01 00:00", 1, 0, "2023-03-01 00:00", "2023-04-01 00:00", "2023-04-01 00:00", false},
		{"a February of 29 days becomes one of 28", "2024-02-01 00:00", "2024-03-01 00:00", "2024-03-05 00:00", 1, 0, "2023-02-01 00:00", "2023-03-01 00:00", "2023-03-05 00:00", false},
		{"the 29th becomes the day after the 28th", "2024-02-28 12:00", "2024-02-29 12:00", "2024-02-29 12:00", 1, 0, "2023-02-28 12:00", "2023-03-01 12:00", "2023-03-01 12:00", false},
		{"the time of day stays where clocks had another offset", "2024-03-28 08:00", "2024-03-30 08:00", "2024-03-30 08:00", 1, 0, "2023-03-28 08:00", "2023-03-30 08:00", "2023-03-30 08:00", false},
		{"weekdays stay after 52 weeks", "2024-03-04 00:00", "2024-03-11 00:00", "2024-03-11 00:00", 0, 364, "2023-03-06 00:00", "2023-03-13 00:00", "2023-03-13 00:00", false},
		{"no beginning stays none", "", "2024-03-11 00:00", "2024-03-11 00:00", 1, 0, "", "2023-03-11 00:00", "2023-03-11 00:00", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := kpi.Span{Hi: at(tt.hi), At: at(tt.at), Zone: berlin}
			want := kpi.Span{Hi: at(tt.wantHi), At: at(tt.wantAt)}
			if !tt.lowerIsUnbounded {
				s.Lo, want.Lo = at(tt.lo), at(tt.wantLo)
			}
			got := Back(s, tt.years, tt.days)
			if !got.Lo.Equal(want.Lo) || !got.Hi.Equal(want.Hi) || !got.At.Equal(want.At) || got.Zone != berlin {
				t.Errorf("got [%v, %v) at %v", got.Lo, got.Hi, got.At)
			}
		})
	}
}
