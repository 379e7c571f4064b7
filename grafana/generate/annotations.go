package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// annotations mark on every board what explains a jump. A busy desk breaks
// promises all the time, and on a bad day alerts fire at every moment: those are
// marked where they are the subject, and offered elsewhere.
func annotations(b board) []cog.Builder[dashboard.AnnotationQuery] {
	reloads := dashboard.NewAnnotationQueryBuilder().
		Name("Configuration loaded").Enable(true).Hide(false).
		Datasource(source()).IconColor(plain).
		Expr(`helpdesk_config_last_reload_success_timestamp_seconds{job=~"$job", instance=~"$instance"} * 1000`).
		TitleFormat("Configuration loaded").TextFormat("{{instance}}").TagKeys("instance").
		Step("60s").UseValueForTime(true)
	breaches := dashboard.NewAnnotationQueryBuilder().
		Name("SLA breaches").Enable(b.breaches).Hide(false).
		Datasource(source()).IconColor(bad).
		Expr(sum(`increase(`+selector("helpdesk_sla_outcomes_total", `outcome="breached"`)+`[$__rate_interval])`, "desk", "policy", "target") + " > 0.5").
		TitleFormat("SLA breached").TextFormat("{{desk}}: {{target}} of policy {{policy}}").TagKeys("desk,policy,target").
		Step("60s")
	// Some alerts are about no desk, or about none that is there any more.
	alerts := dashboard.NewAnnotationQueryBuilder().
		Name("Alerts").Enable(b.alarms).Hide(false).
		Datasource(source()).IconColor(warning).
		Expr(`group by (alertname, desk, severity, source) (ALERTS{alertname=~"Helpdesk.+", alertstate="firing", job=~"$job|", desk=~"$desk|"})`).
		TitleFormat("{{alertname}}").TextFormat("{{desk}} {{source}}").TagKeys("alertname,desk,severity").
		Step("60s")
	return []cog.Builder[dashboard.AnnotationQuery]{breaches, reloads, alerts}
}
