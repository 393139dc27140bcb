package demo

import (
	"math/rand/v2"
	"time"
)

// shapes are the company's constants: what there is, how often, and when.
type shapes struct {
	countries  weights
	countryOf  []string
	regionOf   []string
	currencyOf []string
	segments   weights
	segmentOf  []any // one of them is unknown

	acquisitions  weights
	acquisitionOf []string

	plans    weights
	planOf   []string
	prices   []float64
	planRisk []float64 // of not being renewed, per month
	reasons  []string

	// Factors of a week, averaging about 1, from Sunday.
	businessWeek, ticketWeek, shopWeek [7]float64
	// Factors of a year; index 0 is unused.
	arrivalSeason, ticketSeason, shopSeason [13]float64
	// Hours of a day.
	office, mail, evening hours
}

// hours says how likely each hour of a day is.
type hours weights

// second draws a second of the day.
func (h hours) second(r *rand.Rand) int64 {
	return int64(weights(h).pick(r))*hourSeconds + r.Int64N(hourSeconds)
}

func newShapes() shapes {
	return shapes{
		countries:  cumulate(34, 8, 9, 12, 8, 11, 14, 4),
		countryOf:  []string{"DE", "AT", "CH", "FR", "NL", "GB", "US", "CA"},
		regionOf:   []string{"dach", "dach", "dach", "western_europe", "western_europe", "western_europe", "north_america", "north_america"},
		currencyOf: []string{"EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "USD", "USD"},
		segments:   cumulate(61, 28, 10.5, 0.5),
		segmentOf:  []any{"small", "mid", "large", nil},

		acquisitions:  cumulate(38, 22, 18, 22),
		acquisitionOf: []string{"search", "referral", "partner", "ads"},

		plans:    cumulate(62, 30, 8),
		planOf:   []string{"starter", "pro", "enterprise"},
		prices:   []float64{29, 99, 490},
		planRisk: []float64{0.030, 0.021, 0.011},
		reasons:  []string{"missing_feature", "competitor", "price", "closed_business", "service"},

		businessWeek: [7]float64{0.45, 1.25, 1.25, 1.25, 1.2, 1.1, 0.5},
		ticketWeek:   [7]float64{0.35, 1.45, 1.3, 1.2, 1.15, 1.1, 0.45},
		shopWeek:     [7]float64{1.1, 1.1, 1.0, 1.0, 1.0, 0.95, 0.85},

		arrivalSeason: season(1.15, 1.05, 1.05, 1, 0.95, 0.95, 0.85, 0.85, 1.1, 1.1, 1.05, 0.9),
		ticketSeason:  season(1.15, 1, 1, 1, 0.95, 0.95, 0.9, 0.9, 1, 1, 1.05, 1.2),
		shopSeason:    season(0.85, 0.9, 0.95, 0.95, 0.95, 0.95, 0.85, 0.85, 1, 1.05, 1.3, 1.45),

		office:  hoursOf(0, 0, 0, 0, 0, 0, 0, 0, 7, 11, 13, 12, 8, 9, 11, 11, 9, 6, 0, 0, 0, 0, 0, 0),
		mail:    hoursOf(1, 1, 0.5, 0.5, 0.5, 1, 2, 4, 7, 9, 10, 9, 7, 8, 9, 8, 7, 6, 5, 4, 4, 3, 2, 1.5),
		evening: hoursOf(2, 1, 0.5, 0.5, 0.5, 0.5, 1, 2, 4, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 9, 10, 9, 6, 4),
	}
}

func hoursOf(shares ...float64) hours { return hours(cumulate(shares...)) }

func season(factors ...float64) (s [13]float64) {
	copy(s[time.January:], factors)
	return s
}
