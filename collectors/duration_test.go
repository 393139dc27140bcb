package collectors

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, expected := range map[string]struct {
		d       time.Duration
		written string
	}{
		"0":        {0, "0s"},
		"0s":       {0, "0s"},
		"90s":      {90 * time.Second, "1m30s"},
		"4h":       {4 * time.Hour, "4h"},
		"1h30m":    {90 * time.Minute, "1h30m"},
		"7d":       {7 * 24 * time.Hour, "7d"},
		"2w":       {14 * 24 * time.Hour, "14d"},
		"1w1d":     {8 * 24 * time.Hour, "8d"},
		"36525d":   {36525 * 24 * time.Hour, "36525d"},
		"1d0h0m1s": {24*time.Hour + time.Second, "1d1s"},
	} {
		d, err := ParseDuration(text)
		if err != nil || time.Duration(d) != expected.d || d.String() != expected.written {
			t.Errorf("%s = %s (%v), want %s", text, d, err, expected.written)
		}
		again, err := ParseDuration(d.String())
		if err != nil || again != d {
			t.Errorf("%s is not read back: %s, %v", d, again, err)
		}
	}
	for _, text := range []string{
		"", " ", "7", "d", "7 d", "-1h", "+1h", "1.5h", "1h1h", "30m1h", "1ms", "1y", "1H", "٧d",
		"36526d", "99999999999999999999d", "9223372036854775807s", "36525d1s",
	} {
		if d, err := ParseDuration(text); err == nil {
			t.Errorf("%q is accepted as %s", text, d)
		}
	}
}

func TestDurationInTheConfiguration(t *testing.T) {
	t.Parallel()
	var d Duration
	if err := d.UnmarshalText([]byte("1h30m")); err != nil || d.Seconds() != 5400 {
		t.Errorf("%v, %v", d, err)
	}
	if b, err := d.MarshalText(); err != nil || string(b) != "1h30m" {
		t.Errorf("%s, %v", b, err)
	}
	err := d.UnmarshalText([]byte("soon"))
	const expected = `"soon" is not a duration: write whole numbers with the units w, d, h, m and s, such as 30m, 4h, 1h30m or 7d`
	if err == nil || err.Error() != expected {
		t.Errorf("error %v", err)
	}
	if d.Seconds() != 5400 {
		t.Error("a mistake changes the value")
	}
}
