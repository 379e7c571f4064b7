package e2e

import "helpdesk_exporter/kpi"

// answersTheHandbook asks the queries that docs/kpis.md gives for the KPIs.
func (p *prometheus) answersTheHandbook() {
	p.t.Helper()
	for _, k := range kpi.NewCatalogue(kpi.Definitions{}).KPIs() {
		q := question{where: "docs/kpis.md: " + k.ID, expr: k.Query, instant: true, table: true}
		if err := p.fault(q); err != nil {
			p.t.Errorf("%s: %v: %s", q.where, err, q.expr)
		}
	}
}
