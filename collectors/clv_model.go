package collectors

import (
	"github.com/cx-exporter/cx-exporter/internal/facts"
	"github.com/cx-exporter/cx-exporter/internal/stats"
)

// prediction is what the models say of the customers of one currency.
type prediction struct {
	value         stats.Evidence
	alive, atRisk stats.Exact
}

// likely is the probability below which a customer has rather left.
const likely = 0.5

// purchases are histories as the model of purchases reads them: customers who
// bought alike, by the means of their group.
func purchases(all []facts.History) (histories []stats.History, repeaters float64) {
	for _, x := range all {
		histories = append(histories, stats.History{
			N: x.Subjects, Repeats: x.Repeats / x.Subjects,
			Recency: x.Recency / x.Subjects, Age: x.Age / x.Subjects,
		})
		repeaters += x.Repeaters
	}
	return histories, repeaters
}

// spent are histories as the model of amounts reads them. Who did not spend more
// than nothing after the first day says nothing of it.
func spent(all []facts.History) (spending []stats.Spending) {
	for _, x := range all {
		if x.Spent > 0 {
			spending = append(spending, stats.Spending{N: x.Subjects, Repeats: x.Repeats / x.Subjects, Log: x.SpentLog / x.Subjects})
		}
	}
	return spending
}

// fit predicts the value of customers, and who of them is still one.
func (k *clv) fit(all []facts.History) prediction {
	histories, repeaters := purchases(all)
	t := totalOf(all)
	p := prediction{
		value: stats.Modelled{N: t.Subjects}, alive: stats.Exact{N: t.Subjects}, atRisk: stats.Exact{N: t.Repeaters},
	}
	if repeaters < fewestRepeaters {
		return p
	}
	model, ok := stats.FitBGNBD(histories)
	if !ok {
		return p
	}
	p.alive.Defined, p.atRisk.Defined = true, true
	customers := make([]stats.Customers, len(all))
	for i, h := range histories {
		customers[i] = stats.Customers{History: h, Spent: all[i].Spent / all[i].Subjects}
		alive := model.Alive(h)
		p.alive.V += h.N * alive
		if h.Repeats > 0 && alive < likely {
			p.atRisk.V += h.N
		}
	}
	amounts, ok := stats.FitGammaGamma(spent(all))
	if !ok {
		return p
	}
	value := stats.FutureValue(model, amounts, customers, k.horizon, k.discount)
	value.V *= k.margin
	value.Error *= k.margin
	p.value = value
	return p
}

// backtest predicts by the model as of an earlier instant what came since, by
// currency.
func (k *clv) backtest(f facts.Facts, h *facts.Histories) map[string]stats.Exact {
	by := k.fold(f, h)
	off := map[string]stats.Exact{}
	holdout := k.holdout.Hours() / 24
	for name, all := range by {
		histories, repeaters := purchases(all)
		came := totalOf(all).Later
		e := stats.Exact{N: came}
		if model, ok := stats.FitBGNBD(histories); ok && repeaters >= fewestRepeaters && came > 0 {
			predicted := 0.0
			for _, h := range histories {
				predicted += h.N * model.Purchases(h, holdout, 0)
			}
			e.V, e.Defined = predicted/came-1, true
		}
		off[name] = e
	}
	return off
}
