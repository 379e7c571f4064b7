package kpi

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
)

// ServiceLevelMet is the measure of calls and chats answered in time.
const ServiceLevelMet ID = 60

// How a service level treats contacts given up in the queue.
const (
	AbandonsNegative = "negative" // they count as not answered in time
	AbandonsIgnored  = "ignored"  // those given up within the threshold do not count
	AbandonsPositive = "positive" // those given up within the threshold count as answered in time
)

// ServiceLevelObjective is the family of the objectives that are configured.
const ServiceLevelObjective = "helpdesk_service_level_objective_ratio"

// defaultShortAbandon is how soon a contact is given up that was none, where no
// policy says otherwise.
const defaultShortAbandon = 5 * time.Second

func (c *Catalogue) addServiceLevel() {
	c.Measures = append(c.Measures, Measure{
		ID: ServiceLevelMet, Kind: desk.KindCall, Window: true,
		Identity: []string{"policy", "threshold", "abandons"}, Dims: []string{"channel", "queue"},
	})
	c.Views = append(c.Views,
		WindowView{
			Name: "helpdesk_service_level_ratio", Of: []ID{ServiceLevelMet}, Value: c.sampled(mean),
			Help: "Share of inbound calls and chats answered within the policy's threshold; short abandons left out, other abandons as the label abandons says.",
		},
		WindowView{
			Name: "helpdesk_service_level_met", Of: []ID{ServiceLevelMet}, Value: amount,
			Help: "Numerator of helpdesk_service_level_ratio.",
		},
		WindowView{
			Name: "helpdesk_service_level_offered", Of: []ID{ServiceLevelMet}, Value: number,
			Help: "Denominator of helpdesk_service_level_ratio.",
		},
	)
	c.define(desk.KindCall, c.ServiceLevels,
		KPI{ID: "service_level", Metric: "helpdesk_service_level_ratio", Query: `helpdesk_service_level_ratio{by="all", window="7d"}`},
	)
}

// matches reports whether a policy speaks of contacts with these dimensions.
func (s *ServiceLevel) matches(d dimensions) bool {
	return (len(s.Channels) == 0 || slices.Contains(s.Channels, d.value("channel"))) &&
		(len(s.Queues) == 0 || slices.Contains(s.Queues, d.value("queue")))
}

// shortAbandon is the limit of the first policy that speaks of the contact.
func (c *Catalogue) shortAbandon(of *contact) time.Duration {
	for i := range c.ServiceLevels {
		if c.ServiceLevels[i].matches(of.dims) {
			return c.ServiceLevels[i].ShortAbandon
		}
	}
	return defaultShortAbandon
}

// serviceLevels collects whether a contact was answered in time, for each
// policy that speaks of it and each way to treat abandons. One that was
// answered after a wait that nobody told cannot be judged.
func (b *Contributions) serviceLevels(c *contact) {
	answered, abandoned := c.outcome == desk.OutcomeAnswered, c.outcome == desk.OutcomeAbandoned
	if !answered && !abandoned {
		return
	}
	for i := range b.catalogue.ServiceLevels {
		policy := &b.catalogue.ServiceLevels[i]
		if !policy.matches(c.dims) || c.short(policy.ShortAbandon) {
			continue
		}
		if answered && !c.answer.Set {
			if !c.negative {
				b.excluded(ExcludedCalls, "no_wait")
			}
			return
		}
		inTime := answered && c.answer.Value <= policy.Threshold
		soon := abandoned && c.wait.Set && c.wait.Value <= policy.Threshold
		threshold := model.Duration(policy.Threshold).String()
		judge := func(abandons string, met bool) {
			b.add(ServiceLevelMet, FeedWindow, c.arrived, flag(met), c.dims, policy.Name, threshold, abandons)
		}
		judge(AbandonsNegative, inTime)
		judge(AbandonsPositive, inTime || soon)
		if !soon {
			judge(AbandonsIgnored, inTime)
		}
	}
}
