package exporter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cx-exporter/cx-exporter/internal/calendar"
	"github.com/cx-exporter/cx-exporter/internal/testdb/oracle"
)

// randomHours puts a random business calendar into the world and returns what
// the oracle knows of it: in any of the zones, with up to three ranges a day,
// nights among them, and holidays near the rows.
func (w *world) randomHours() *oracle.Hours {
	zone := zoneNamed(pick(w.rng, zones))
	o := &oracle.Hours{Zone: zone, Holidays: map[string]bool{}}
	week := map[time.Weekday][]calendar.Range{}
	for k := range time.Weekday(7) {
		if k%6 == 0 && w.rng.IntN(3) > 0 {
			continue // the weekend
		}
		minute := w.rng.IntN(9 * 60)
		for range 1 + w.rng.IntN(3) {
			r := calendar.Range{From: minute, To: min(minute+1+w.rng.IntN(9*60), 24*60)}
			if r.From >= r.To {
				break
			}
			week[k] = append(week[k], r)
			o.Week[k] = append(o.Week[k], [2]time.Duration{time.Duration(r.From) * time.Minute, time.Duration(r.To) * time.Minute})
			minute = r.To + w.rng.IntN(120)
		}
	}
	var holidays []time.Time
	for range w.rng.IntN(20) {
		date := w.instants[0].AddDate(0, 0, -w.rng.IntN(120)+5)
		holidays = append(holidays, date)
		o.Holidays[date.Format(time.DateOnly)] = true
	}
	w.calendars = map[string]*calendar.Hours{"office": calendar.NewHours("office", zone, week, holidays)}
	return o
}

// with puts a parameter into those of a KPI.
func with(params, more string) string {
	inside := strings.Trim(params, "{}")
	if inside != "" {
		inside += ", "
	}
	return "{" + inside + more + "}"
}

// hoursNamed makes a calendar of `zone | days ranges | … | holiday …`.
func hoursNamed(t testing.TB, text string) *calendar.Hours {
	t.Helper()
	parts := strings.Split(text, "|")
	week := map[time.Weekday][]calendar.Range{}
	var holidays []time.Time
	for _, part := range parts[1:] {
		words := strings.Fields(part)
		if words[0] == "closed" {
			for _, word := range words[1:] {
				date, err := calendar.ParseDate(word)
				if err != nil {
					t.Fatal(err)
				}
				holidays = append(holidays, date)
			}
			continue
		}
		days, err := calendar.ParseDays(words[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words[1:] {
			r, err := calendar.ParseRange(word)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range days {
				week[d] = append(week[d], r)
			}
		}
	}
	return calendar.NewHours("office", zoneNamed(strings.TrimSpace(parts[0])), week, holidays)
}

// hoursEdges are the cases that business hours usually get wrong. 3 June 2024 is
// a Monday.
var hoursEdges = []named{
	{
		name: "a reply wholly outside of the hours took no time, and the break at noon does not count", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d all", change: true,
		calendar: "UTC | mon-fri 09:00-12:30 13:30-18:00",
		columns:  "created_at:naive first_response_at:naive resolved_at:naive",
		rows: `2024-06-03T18:30:00Z | 2024-06-04T08:59:59Z | -
			2024-06-03T12:00:00Z | 2024-06-03T14:00:00Z | 2024-06-05T09:00:00Z
			2024-06-07T17:00:00Z | 2024-06-10T10:00:00Z | 2024-06-10T09:59:00Z
			2024-06-08T10:00:00Z | 2024-06-08T09:00:00Z | -
			2024-06-12T10:00:00Z | - | -
			2024-05-13T12:29:00Z | 2024-05-14T13:31:00Z | -`,
		kpis: []string{"first_response_time {calendar: office, target: 1h}", "resolution_time {calendar: office}"},
		// Nothing, an hour, and two hours; a working day less a minute of each
		// half in the window before.
		want: `first_response_time mean over 30d = 3600 of 3 before 28920
			first_response_time p50 over 30d = 3600 of 3
			first_response_time p90 over 30d = 7200 of 3
			first_response_time within_target over 30d = 0.6666666666666666 of 3
			first_response_time waiting over 30d = 1 of 1
			first_response_time oldest_waiting over 30d = 1605600 of 1
			first_response_time mean over all = 9930 of 4
			resolution_time mean over 30d = 26970 of 2`,
		rejected: "end_before_start=1",
	},
	{
		name: "a holiday is closed from midnight to midnight of its zone", entity: "tickets", zone: "Pacific/Auckland",
		at: "2024-07-01T00:00:00Z", windows: "30d", calendar: "Pacific/Auckland | mon-sun 00:00-24:00 | closed 2024-06-28 2024-06-30",
		columns: "created_at:naive@ first_response_at:unix",
		rows: `2024-06-27T11:00:00Z | 2024-06-28T13:00:00Z
			2024-06-28T12:00:00Z | 2024-06-29T12:00:00Z
			2024-06-29T12:00:00Z | 2024-06-30T12:00:00Z`,
		kpis: []string{"first_response_time {calendar: office}"},
		want: `first_response_time mean over 30d = 31200 of 3
			first_response_time p90 over 30d = 86400 of 3`,
	},
	{
		name: "a night shift has 23 or 25 hours where clocks change", entity: "tickets", zone: "Europe/Berlin",
		at: "2024-11-05T00:00:00Z", windows: "365d", calendar: "Europe/Berlin | sun 00:00-24:00",
		columns: "created_at:naive@ first_response_at:naive",
		rows: `2024-03-30T12:00:00Z | 2024-04-01T12:00:00Z
			2024-10-26T12:00:00Z | 2024-10-28T12:00:00Z`,
		kpis: []string{"first_response_time {calendar: office}"},
		want: `first_response_time mean over 365d = 86400 of 2
			first_response_time p50 over 365d = 82800 of 2
			first_response_time p90 over 365d = 90000 of 2`,
	},
	{
		name: "of two ranges around the hour that is skipped only what there was counts", entity: "tickets",
		at: "2024-04-05T00:00:00Z", windows: "30d", calendar: "Europe/Berlin | sun 01:00-02:30 02:45-04:00",
		columns: "created_at:naive first_response_at:naive",
		rows:    `2024-03-30T12:00:00Z | 2024-03-31T12:00:00Z`,
		kpis:    []string{"first_response_time {calendar: office}"},
		want:    `first_response_time mean over 30d = 7200 of 1`,
	},
	{
		// fivetran/dbt_zendesk, DECISIONLOG.md, ticket 941606, by its last schedule.
		name: "the worked example of Zendesk's business minutes", entity: "tickets",
		at: "2020-10-02T00:00:00Z", windows: "7d", calendar: "America/Los_Angeles | mon-fri 08:00-17:30",
		columns: "created_at:naive first_response_at:naive last_resolved_at:naive",
		rows:    `2020-09-29T17:01:38Z | 2020-09-30T19:01:46Z | 2020-10-01T15:03:44Z`,
		kpis:    []string{"first_response_time {calendar: office}", "resolution_time {calendar: office, of: full}"},
		// To the resolution: the rest of Tuesday, Wednesday, and 3 min 44 s.
		want: `first_response_time mean over 7d = 41408 of 1
			resolution_time mean over 7d = 61326 of 1`,
	},
	{
		name: "by team, with teams beyond the cap in one, as any time is", entity: "tickets",
		at: "2024-07-01T00:00:00Z", windows: "30d", dims: "team", cap: 1, calendar: "UTC | mon-fri 09:00-17:00",
		columns: "created_at:unix first_response_at:unix team:word",
		rows: `2024-06-03T09:00:00Z | 2024-06-03T10:00:00Z | a
			2024-06-03T09:00:00Z | 2024-06-03T12:00:00Z | a
			2024-06-03T09:00:00Z | 2024-06-04T09:00:00Z | b
			2024-06-03T09:00:00Z | 2024-06-05T09:00:00Z | c
			- | 2024-06-04T09:00:00Z | a
			2024-07-01T02:00:00Z | 2024-07-01T03:00:00Z | c`,
		kpis: []string{"first_response_time {calendar: office}"},
		want: `first_response_time mean over 30d = 25200 of 4
			first_response_time mean team="a" over 30d = 7200 of 2
			first_response_time mean team="other" over 30d = 43200 of 2`,
		rejected: "in_the_future=1 null_time=1",
	},
}

// A calendar of one range knows what the oracle's knows.
func TestTheOraclesHoursByHand(t *testing.T) {
	t.Parallel()
	o := oracle.Hours{Zone: zoneNamed("America/Los_Angeles"), Holidays: map[string]bool{"2020-09-30": true}}
	for k := 1; k <= 5; k++ {
		o.Week[k] = [][2]time.Duration{{8 * time.Hour, 17*time.Hour + 30*time.Minute}}
	}
	from, to := moment(t, "2020-09-29T17:01:38Z"), moment(t, "2020-09-30T19:01:46Z")
	if got := o.Seconds(from, to); got != 26_902 {
		t.Errorf("%v s, want the rest of Tuesday, 26902 s", got)
	}
	o.Holidays = nil
	if got := fmt.Sprint(o.Seconds(from, to)); got != "41408" {
		t.Errorf("%v s, want 41408 s", got)
	}
}
