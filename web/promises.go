package web

import (
	"math"
	"strings"
	"time"
)

// littleBudget is the part of an error budget below which it counts as nearly
// spent.
const littleBudget = 0.25

// promises returns what became of the promises of a desk and what is due; nil
// where nothing was promised.
func (d *deskPage) promises() *Promises {
	within := map[string]string{"within": ""}
	identities := d.figures.identities(d.desk, with(within, map[string]string{"outcome": ""}), attainedFamily, outcomesFamily)
	p := &Promises{Parts: d.feeds.Parts}
	seen := map[string]bool{}
	for _, identity := range identities {
		seen[keyOf(identity)] = true
		p.Rows = append(p.Rows, d.promise(identity))
	}
	for _, family := range []string{overdueFamily, atRiskFamily} {
		for _, r := range d.figures[family][d.desk] {
			promised := map[string]string{"policy": r.identity["policy"], "target": r.identity["target"]}
			if !seen[keyOf(promised)] {
				seen[keyOf(promised)] = true
				p.Rows = append(p.Rows, d.promise(promised))
			}
		}
	}
	if len(p.Rows) == 0 {
		return nil
	}
	for _, row := range p.Rows {
		p.Overdue, p.In15m, p.In1h, p.In4h = p.Overdue+row.Overdue, p.In15m+row.In15m, p.In1h+row.In1h, p.In4h+row.In4h
		if !row.Next.IsZero() && (p.Next.IsZero() || row.Next.Before(p.Next)) {
			p.Next = row.Next
		}
	}
	return p
}

// promise returns one target of one policy.
func (d *deskPage) promise(promised map[string]string) Promise {
	row := Promise{Policy: promised["policy"], Target: strings.ReplaceAll(promised["target"], "_", " ")}
	n, counted := d.figures.sum(outcomesFamily, d.desk, promised)
	if counted {
		row.Sample = Count(n)
	}
	row.Overdue, _ = d.figures.sum(overdueFamily, d.desk, promised)
	due := func(within string) float64 {
		n, _ := d.figures.sum(atRiskFamily, d.desk, with(promised, map[string]string{"within": within}))
		return n
	}
	row.In15m, row.In1h, row.In4h = due("15m"), due("1h"), due("4h")
	if at, ok := d.figures.one(nextDueFamily, d.desk, promised); ok {
		whole, part := math.Modf(at)
		row.Next = time.Unix(int64(whole), int64(part*1e9))
	}
	objective, agreed := d.figures.one(agreedFamily, d.desk, map[string]string{"policy": promised["policy"]})
	row.Objective = Value{Text: percentOf(objective), Known: agreed}
	attained, ok := d.figures.one(attainedFamily, d.desk, promised)
	row.Attained = Value{Text: percentOf(attained), Known: ok}
	budget, limited := d.figures.one(budgetFamily, d.desk, promised)
	row.Budget = Value{Text: percentOf(budget), Known: limited}
	switch {
	case d.feeds.Parts:
		row.Word = "not shown"
	case !ok && n == 0:
		row.Word = "no sample yet"
	case !ok:
		row.Word = "too few for a figure"
	case !agreed:
		row.Word = "no objective"
	case attained < objective:
		row.State, row.Word = Bad, "below objective"
	case limited && budget < littleBudget:
		row.State, row.Word = Warning, "little budget left"
	default:
		row.State, row.Word = Good, "on objective"
	}
	return row
}
