package main

// ofPromises returns the matchers of the policies and targets that are chosen.
// All figures of promises have both labels.
func ofPromises(more ...string) []string { return append(chosen("policy", "target"), more...) }

// running returns a gauge of promises that are still open, with all choices.
func running(metric string, matchers ...string) string {
	return selector(metric, append(ofPromises(chosen("channel", "team", "priority")...), matchers...)...)
}

// promised counts by policy and target, where anything is promised at all.
func promised(promises string) string {
	by := []string{"policy", "target"}
	return sum(promises, by...) + "\nand on (policy, target)\n(" + sum(running("helpdesk_sla_pending"), by...) + " > 0)"
}

// outcomes are promises that were kept or broken, at one level of a window or
// as a counter has grown.
type outcomes struct{ broken, all string }

func outcomesOverWindow() outcomes {
	return outcomes{
		broken: overWindow("helpdesk_sla_outcomes_in_window", ofPromises(`outcome="breached"`)...),
		all:    overWindow("helpdesk_sla_outcomes_in_window", ofPromises()...),
	}
}

func outcomesOverWindowBy(dimension string) outcomes {
	return outcomes{
		broken: overWindowBy(dimension, "helpdesk_sla_outcomes_in_window", ofPromises(`outcome="breached"`)...),
		all:    overWindowBy(dimension, "helpdesk_sla_outcomes_in_window", ofPromises()...),
	}
}

// outcomesFound are those that were discovered in the time before.
func outcomesFound(span string, matchers ...string) outcomes {
	found := func(more ...string) string {
		return "increase(" + selector("helpdesk_sla_outcomes_total", ofPromises(append(matchers, more...)...)...) + "[" + span + "])"
	}
	return outcomes{broken: found(`outcome="breached"`), all: found()}
}

// of gives each promise the factor of its policy. Those of policies without an
// objective go.
func of(promises, factor string) string {
	return promises + "\n* on (job, instance, desk, policy) group_left ()\n(" + factor + ")"
}

// objectiveOfPolicy is there for every policy that has one.
func objectiveOfPolicy() string { return selector("helpdesk_sla_objective_ratio") }

// held is 1 for every policy that is held to an objective.
func held() string { return objectiveOfPolicy() + " >= bool 0" }

// breakable is how many of them the objectives allow to break. Policies and
// desks differ in their objectives: what each allows is added up.
func (o outcomes) breakable(by ...string) string {
	return sum(of(o.all, "1 - "+objectiveOfPolicy()), by...)
}

// breaches leaves out policies without an objective, as breakable does.
func (o outcomes) breaches(by ...string) string { return sum(of(o.broken, held()), by...) }

// attainment is the share that was kept.
func (o outcomes) attainment(by ...string) string {
	return "1 - " + share(o.broken, o.all, by...)
}

// objective is the share that is to be kept: that of the policy or, of several,
// the mean, each policy and desk weighted with its promises.
func (o outcomes) objective(by ...string) string {
	return "1 - " + o.breakable(by...) + "\n/\n(" + sum(of(o.all, held()), by...) + " > 0)"
}

// margin is attainment less objective, in percentage points.
func (o outcomes) margin(by ...string) string {
	return "100 * (" + o.breakable(by...) + "\n- " + o.breaches(by...) + ")\n/\n(" + sum(of(o.all, held()), by...) + " > 0)"
}

// burn is how many times more broke than the objectives allow.
func (o outcomes) burn(by ...string) string {
	return o.breaches(by...) + "\n/\n(" + o.breakable(by...) + " > 0)"
}

// budgetLeft is the share of those that may break and have not.
func (o outcomes) budgetLeft(by ...string) string { return "1 - " + o.burn(by...) }

const (
	points     = "suffix: pp"
	marginIs   = "Margin is attainment less objective in percentage points. "
	budgetIs   = "Budget left is 1 less broken divided by breakable, the number of promises times 1 less objective; a warning below a quarter. "
	severalAre = "Where policies or desks with different objectives meet, what each allows is added up."
)

// The factors of prometheus/rules/sla.yml.
const (
	slowFactor = 1.5
	fastFactor = 2.5
)

var (
	missedBelowZero = verdict{[]step{{colour: bad}, {0, good}}}
	budget          = atLeast(0.25, 0)
	slowPace        = verdict{[]step{{colour: good}, {slowFactor, warning}}}
	fastPace        = verdict{[]step{{colour: good}, {fastFactor, bad}}}
)
