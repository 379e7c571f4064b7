package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/common/model"

	"helpdesk_exporter/config"
	"helpdesk_exporter/desk"
	"helpdesk_exporter/kpi"
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/builtin"
)

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse([]byte(text), "config.yml", types())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// minimal is all that a file has to say.
const minimal = "sources:\n  - {name: acme, type: api, url: https://acme.example}\n"

// promising has a policy and a topic as well.
const promising = "topics: [billing]\nsla_policies: [{name: mail, match: {channel: [email]}, targets: {resolution: 1h}}]\n" + minimal

// sameZone compares time zones by name; what else they hold is a cache.
func sameZone() cmp.Option {
	return cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
}

// values leaves out how the values were written.
func values() cmp.Option {
	return cmp.Options{cmpopts.IgnoreUnexported(config.Config{}), sameZone()}
}

func TestAFileThatSetsNothingHasTheDefaults(t *testing.T) {
	got := parse(t, minimal)
	want := config.Default()
	want.Dir = "."
	want.Sources = []sources.Config{&apiConfig{
		Common: sources.Common{
			Name: "acme", Desk: "acme", Type: "api", PollInterval: model.Minute, StaleAfter: 15 * model.Minute,
			SLA: sources.SLASource,
		},
		URL: "https://acme.example", Settle: 10 * model.Second, Retries: 3,
	}}
	if diff := cmp.Diff(&want, got, values()); diff != "" {
		t.Error(diff)
	}
	// The promises of the documentation, not those of the code.
	if text := got.String(); !strings.Contains(text, "windows: [1d, 7d, 28d]") ||
		!strings.Contains(text, "labels: [channel, priority, team]") ||
		!strings.Contains(text, "first_response: [1h, 8h, 1d]") ||
		!strings.Contains(text, "max_skew: 5m") {
		t.Errorf("other defaults than documented:\n%s", text)
	}
}

func TestEmptySectionsKeepTheDefaults(t *testing.T) {
	got := parse(t, `
global: {labels: }
buckets: {}
targets: {first_response: , kpis: }
calendars:
scorecards:
benchmarks:
engagement: {version: , engaged_from: , weights: {purchase: , click: {weight: }}}
risk_rules:
outreach: {min_attempts: }
gross_margin_ratio:
topics:
competitors:
social_platforms:
`+minimal)
	if diff := cmp.Diff(parse(t, minimal), got, values()); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultsAreNotShared(t *testing.T) {
	parse(t, minimal).Global.Labels[0] = "changed"
	if got := parse(t, minimal).Global.Labels[0]; got != "channel" {
		t.Errorf("the second configuration has the label %q", got)
	}
}

func TestSourcesTakeTheirTimesFromTheGlobalOnes(t *testing.T) {
	c := parse(t, `
global: {poll_interval: 10m}
sources:
  - {name: a, type: api, url: a}
  - {name: b, type: api, url: b, poll_interval: 30s}
  - {name: c, type: api, url: c, poll_interval: 1h, stale_after: 2h, desk: a}
`)
	want := []sources.Common{
		{Name: "a", Desk: "a", Type: "api", PollInterval: 10 * model.Minute, StaleAfter: 50 * model.Minute, SLA: sources.SLASource},
		{Name: "b", Desk: "b", Type: "api", PollInterval: 30 * model.Second, StaleAfter: 15 * model.Minute, SLA: sources.SLASource},
		{Name: "c", Desk: "a", Type: "api", PollInterval: model.Hour, StaleAfter: 2 * model.Hour, SLA: sources.SLASource},
	}
	for i, s := range c.Sources {
		if diff := cmp.Diff(want[i], *s.Shared()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTicketsTakeTheOnlyCalendarThereIs(t *testing.T) {
	const hours = "timezone: UTC, hours: [{days: [mon], from: \"09:00\", to: \"17:00\"}]}"
	const two = "  - {name: a, type: api, url: a}\n  - {name: b, type: api, url: b, calendar: office, sla: own}\n"
	for name, test := range map[string]struct{ calendars, a, b string }{
		"one": {"[{name: office, " + hours + "]", "office", "office"},
		"two": {"[{name: office, " + hours + ", {name: night, " + hours + "]", "", "office"},
	} {
		c := parse(t, "calendars: "+test.calendars+"\nsources:\n"+two)
		a, b := c.Sources[0].Shared(), c.Sources[1].Shared()
		if a.Calendar != test.a || b.Calendar != test.b {
			t.Errorf("%s: the calendars are %q and %q, want %q and %q", name, a.Calendar, b.Calendar, test.a, test.b)
		}
		if a.SLA != sources.SLASource || b.SLA != sources.SLAOwn {
			t.Errorf("%s: the SLAs are %q and %q", name, a.SLA, b.SLA)
		}
	}
}

func TestARecordThatIsNoTicketHasNoCalendar(t *testing.T) {
	c, err := config.Parse([]byte(`
calendars: [{name: office, timezone: UTC, hours: [{days: [mon], from: "09:00", to: "17:00"}]}]
sources:
  - {name: calls, type: csv, files: [calls.csv], record: call, columns: {arrived_at: Came}, queue_url: "https://acme.example/queue"}
`), "config.yml", builtin.Types())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Sources[0].Shared(); got.Calendar != "" || got.SLA != "" {
		t.Errorf("calls are measured by the calendar %q and the SLAs of %q", got.Calendar, got.SLA)
	}
}

func TestReopeningsRestartByDefault(t *testing.T) {
	c := parse(t, "sla_policies: [{name: a, targets: {resolution: 1h}}]\n"+minimal)
	if got := c.Definitions().SLAPolicies[0].Reopen; got != kpi.ReopenRestarts {
		t.Errorf("a reopening does %q", got)
	}
	if got := c.Definitions().SLAObjectives; got != nil {
		t.Errorf("the objectives are %v, want none", got)
	}
}

func TestWhatIsWrittenBackReadsTheSame(t *testing.T) {
	full, err := os.ReadFile("testdata/full.yml")
	if err != nil {
		t.Fatal(err)
	}
	// The secret is the one thing that is not written back.
	text := strings.Replace(string(full), "hunter2", "<secret>", 1)
	first := parse(t, text)
	second := parse(t, first.String())
	if diff := cmp.Diff(first, second, values()); diff != "" {
		t.Error(diff)
	}
	if first := parse(t, minimal); !cmp.Equal(first, parse(t, first.String()), values()) {
		t.Error("the minimal file is read back otherwise")
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	full, err := os.ReadFile("testdata/full.yml")
	if err != nil {
		t.Fatal(err)
	}
	if text := parse(t, string(full)).String(); strings.Contains(text, "hunter2") || !strings.Contains(text, "<secret>") {
		t.Errorf("the secret is not masked:\n%s", text)
	}
}

func TestSectionsMayShareByAnchors(t *testing.T) {
	c := parse(t, `
service_levels:
  - &phone {name: phone, threshold: 20s, abandons: ignored, objective: 0.8}
  - {<<: *phone, name: hotline, threshold: 10s}
`+minimal)
	want := config.ServiceLevel{
		Name: "hotline", Threshold: 10 * model.Second, ShortAbandon: 5 * model.Second,
		Abandons: "ignored", Objective: 0.8,
	}
	if diff := cmp.Diff(want, c.ServiceLevels[1]); diff != "" {
		t.Error(diff)
	}
}

func TestDefinitionsHaveEveryTargetOnAnEdge(t *testing.T) {
	c, err := config.Load("testdata/full.yml", types())
	if err != nil {
		t.Fatal(err)
	}
	kathmandu, err := time.LoadLocation("Asia/Kathmandu")
	if err != nil {
		t.Fatal(err)
	}
	want := kpi.Definitions{
		Labels:         []string{"team", "topic", "attr.plan"},
		Rollups:        [][]string{{}, {"team"}, {"attr.plan", "team"}, {"queue"}},
		Windows:        []kpi.Window{{Name: "24h", Length: 24 * time.Hour}, {Name: "1w", Length: 168 * time.Hour}},
		MinSample:      5,
		LabelValuesMax: 10,
		SeriesMax:      100,
		Buckets: kpi.Buckets{
			Default:  []float64{60, 900, 1800, 3600, 14400, 28800, 259200},
			Calls:    []float64{10, 25, 30, 60},
			Contacts: []float64{1, 2.5},
			Web:      []float64{1},
		},
		Horizons: kpi.Horizons{
			FCR: 72 * time.Hour, Survey: 14 * 24 * time.Hour, Outreach: 12 * time.Hour, Feedback: 30 * 24 * time.Hour,
		},
		Timezone: kathmandu,
		Surveys: []kpi.Survey{
			{Name: "after ticket", Kind: kpi.CSAT, Min: 0, Max: 1, Positive: []float64{1}},
			{Name: "stars", Kind: kpi.CSAT, Min: 1, Max: 5},
			{Name: "relation", Kind: kpi.NPS, Min: 0, Max: 10},
			{Name: "effort", Kind: kpi.CES, Min: 1, Max: 7, Effort: true},
			{Name: "ease", Kind: kpi.CES, Min: 1, Max: 5},
			{Name: "image", Kind: kpi.Brand, Min: 0, Max: 100},
		},
		ServiceLevels: []kpi.ServiceLevel{
			{
				Name: "phone", Channels: []string{"phone"}, Queues: []string{"sales"},
				Threshold: 25 * time.Second, Abandons: "ignored", Objective: 0.8,
			},
			{Name: "chat", Threshold: time.Minute, ShortAbandon: 5 * time.Second, Abandons: "negative"},
		},
		Calendars: []kpi.Schedule{{
			Name: "athens", Timezone: "Europe/Athens",
			Hours: []kpi.Hours{
				{Days: []time.Weekday{time.Monday, time.Tuesday}, From: 9 * 60, To: 13*60 + 30},
				{Days: []time.Weekday{time.Friday}, From: 22 * 60, To: 6 * 60, Since: kpi.Date{Year: 2026, Month: 3, Day: 1}},
				{Days: []time.Weekday{time.Sunday}, From: 0, To: 24 * 60},
			},
			Holidays: []kpi.Holiday{
				{From: kpi.Date{Year: 2026, Month: 12, Day: 25}, To: kpi.Date{Year: 2026, Month: 12, Day: 25}},
				{From: kpi.Date{Year: 2026, Month: 8, Day: 10}, To: kpi.Date{Year: 2026, Month: 8, Day: 14}},
			},
		}},
		SLAPolicies: []kpi.SLAPolicy{
			{
				Name: "urgent", Calendar: "athens",
				Match:   map[string][]string{"priority": {"urgent", "high"}, "channel": {"email"}, "attr.plan": {"gold"}},
				Targets: [4]time.Duration{30 * time.Minute, time.Hour, 4 * time.Hour, 8 * time.Hour},
				PauseOn: []desk.Status{desk.StatusPending, desk.StatusOnHold}, Rematch: []string{"priority"}, Reopen: kpi.ReopenResumes,
			},
			{
				Name: "standard", Match: map[string][]string{}, Targets: [4]time.Duration{desk.TargetResolution: 72 * time.Hour},
				Reopen: kpi.ReopenRestarts,
			},
		},
		SLAObjectives:        map[string]float64{"urgent": 0.95, "source": 0.9, "Gold Support": 0.99},
		FirstResponseTargets: []time.Duration{15 * time.Minute, 4 * time.Hour},
		Scorecards: []kpi.Scorecard{
			{Name: "mail", Min: 0, Max: 100},
			{Name: "voice", Min: 0, Max: 1, Categories: []kpi.Category{
				{Name: "tone", Weight: 0.5, Min: 1, Max: 5},
				{Name: "process", Weight: 1, Min: 0, Max: 100, Critical: true},
			}},
		},
		Engagement: kpi.Engagement{
			Version: "ours", EngagedFrom: 0.4,
			Weights: map[kpi.EngagementInput]kpi.EngagementWeight{
				kpi.EngagedProductUse: {Weight: 4, PerWeek: 7},
				kpi.EngagedWebVisit:   {Weight: 1, PerWeek: 3},
				kpi.EngagedPurchase:   {Weight: 2, PerWeek: 0.5},
				kpi.EngagedReply:      {Weight: 1, PerWeek: 0.5},
				kpi.EngagedFeedback:   {Weight: 1, PerWeek: 0.25},
				kpi.EngagedProgram:    {Weight: 1, PerWeek: 0.25},
			},
		},
		RiskRules: []kpi.RiskRule{
			{Name: "gone quiet", Kind: kpi.RiskInactive, After: 60 * 24 * time.Hour},
			{Name: "complaints", Kind: kpi.RiskComplaints, Count: 3},
			{Name: "detractor", Kind: kpi.RiskDetractor, After: 28 * 24 * time.Hour},
		},
		GrossMargin:         desk.Some(-0.25),
		Topics:              []string{"billing", "delivery"},
		Competitors:         []string{"Globex"},
		Platforms:           []string{"x", "forum"},
		OutreachMinAttempts: 50,
		Targets: []kpi.Target{
			{KPI: "first_response_time", Value: 14400},
			{KPI: "first_response_time", Team: "front", Value: 3600},
			{KPI: "nps", Value: -5},
		},
		Benchmarks: []kpi.Benchmark{
			{KPI: "csat_ratio", Name: "Globex", Value: 0.83},
			{KPI: "csat_ratio", Name: "industry", Value: 0.8},
		},
	}
	if diff := cmp.Diff(want, c.Definitions(), sameZone()); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultRollupsStayNil(t *testing.T) {
	if got := parse(t, minimal).Definitions().Rollups; got != nil {
		t.Errorf("got %v, which means something else than nil", got)
	}
}

func TestDefinitionsDoNotReachBack(t *testing.T) {
	c := parse(t, promising)
	c.Definitions().Labels[0] = "changed"
	c.Definitions().Buckets.Calls[0] = -1
	c.Definitions().SLAPolicies[0].Match["channel"][0] = "changed"
	c.Definitions().Platforms[0] = "changed"
	c.Definitions().Topics[0] = "changed"
	if diff := cmp.Diff(parse(t, promising), c, values()); diff != "" {
		t.Error(diff)
	}
}

func TestRetentionCoversTheLongestWindowAndHorizon(t *testing.T) {
	const day = 24 * time.Hour
	if got := parse(t, minimal).Retention(); got != (28+7+7)*day {
		t.Errorf("by default %v", got)
	}
	got := parse(t, "global: {windows: [90d, 1d], horizons: {survey: 30d}}\n"+minimal).Retention()
	if got != (90+30+7)*day {
		t.Errorf("with a survey horizon of 30d %v", got)
	}
	got = parse(t, "global: {windows: [20y], horizons: {outreach: 20y}}\n"+minimal).Retention()
	if got != (2*20*365+7)*day {
		t.Errorf("at the bounds %v", got)
	}
}

func TestARetentionMustCoverTheLongestWindowAndHorizon(t *testing.T) {
	const day = 24 * time.Hour
	c := parse(t, "global: {windows: [90d, 1d], horizons: {survey: 30d}}\n"+minimal)
	if err := c.CheckRetention(120 * day); err != nil {
		t.Error(err)
	}
	const want = "config.yml: global.windows and global.horizons: the longest window, 90d, and the longest horizon, survey: 30d, " +
		"need records of 120d, and --storage.retention=17w keeps fewer: raise it, leave it out, or shorten them"
	if err := c.CheckRetention(119 * day); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestARetentionMustCoverTheRulesOfRisk(t *testing.T) {
	const day = 24 * time.Hour
	const crm = "sources:\n  - {name: acme, type: api, url: https://acme.example, crm: true}\n"
	if got := parse(t, "risk_rules: [{kind: inactive, after: 35d}]\n"+crm).Retention(); got != (35+7)*day {
		t.Errorf("with a rule as long as the longest window and horizon %v", got)
	}
	c := parse(t, "risk_rules: [{kind: inactive, after: 90d}, {name: unhappy, kind: detractor, after: 120d}]\n"+crm)
	if got := c.Retention(); got != (120+7)*day {
		t.Errorf("with a longer rule %v", got)
	}
	if err := c.CheckRetention(120 * day); err != nil {
		t.Error(err)
	}
	const want = `config.yml: risk_rules[1].after: the 120d of the rule "unhappy" ` +
		"need records of 120d, and --storage.retention=17w keeps fewer: raise it, leave it out, or shorten them"
	if err := c.CheckRetention(119 * day); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	const rules = "risk_rules: [{kind: inactive, after: 90d}]\n"
	if err := parse(t, rules+minimal).CheckRetention(42 * day); err != nil {
		t.Errorf("without customers: %v", err)
	}
}

func TestRiskRulesHaveTheDefaultsOfTheirKind(t *testing.T) {
	const month = 28 * 24 * time.Hour
	for text, want := range map[string][]kpi.RiskRule{
		"": {
			{Name: "detractor", Kind: kpi.RiskDetractor, After: month},
			{Name: "complaints", Kind: kpi.RiskComplaints, Count: 2},
			{Name: "inactive", Kind: kpi.RiskInactive, After: month},
		},
		"risk_rules: []": nil,
		"risk_rules: [{kind: detractor, name: , after: }, {name: upset, kind: complaints}]": {
			{Name: "detractor", Kind: kpi.RiskDetractor, After: month},
			{Name: "upset", Kind: kpi.RiskComplaints, Count: 2},
		},
	} {
		c := parse(t, text+"\n"+minimal)
		if diff := cmp.Diff(want, c.Definitions().RiskRules); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", text, diff)
		}
		if diff := cmp.Diff(c, parse(t, c.String()), values()); diff != "" {
			t.Errorf("%s: read back otherwise:\n%s", text, diff)
		}
	}
}

func TestListsWithoutWordsTellAllApart(t *testing.T) {
	c := parse(t, "topics: []\ncompetitors: []\nsocial_platforms: []\n"+minimal)
	if d := c.Definitions(); d.Topics != nil || d.Competitors != nil || d.Platforms != nil {
		t.Errorf("got %q, %q and %q, which means something else than nil", d.Topics, d.Competitors, d.Platforms)
	}
	if diff := cmp.Diff(c.SocialPlatforms, parse(t, c.String()).SocialPlatforms); diff != "" {
		t.Errorf("read back otherwise:\n%s", diff)
	}
}

func TestDefaultWeightsMayHaveAnotherVersion(t *testing.T) {
	got := parse(t, "engagement: {version: 2026, weights: {purchase: {weight: 3, per_week: 0.5}}}\n"+minimal).Definitions().Engagement
	want := parse(t, minimal).Definitions().Engagement
	want.Version = "2026"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoadKnowsTheDirectoryOfTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yml")
	if err := os.WriteFile(path, []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, types())
	if err != nil {
		t.Fatal(err)
	}
	if c.Dir != filepath.Dir(path) {
		t.Errorf("the directory is %q", c.Dir)
	}
}

func TestLoadNamesTheFileThatIsNotThere(t *testing.T) {
	_, err := config.Load("testdata/none.yml", types())
	const want = "read configuration: open testdata/none.yml: no such file or directory: name the file with --config.file; config.example.yml is one to begin with"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// asking is a source that brings a questionnaire along.
type asking struct {
	API apiConfig `yaml:",inline"`
}

func (a *asking) Shared() *sources.Common { return a.API.Shared() }

func (a *asking) Feeds() []desk.Kind { return []desk.Kind{desk.KindTicket, desk.KindSurvey} }

func (a *asking) Validate() error { return a.API.Validate() }

func (a *asking) New(o sources.Options) (sources.Source, error) { return a.API.New(o) }

func (*asking) Surveys() []sources.Questionnaire {
	return []sources.Questionnaire{{Name: "desk-csat", Min: -3, Max: 3, Positive: []float64{1, 2, 3}}}
}

func TestQuestionnairesOfDesksNeedNotBeConfigured(t *testing.T) {
	kinds := types()
	kinds["asking"] = func() sources.Config { return &asking{} }
	const source = "sources: [{name: acme, type: asking, url: https://acme.example}]\n"
	for text, want := range map[string]config.Survey{
		source: {Name: "desk-csat", Kind: kpi.CSAT, Scale: &config.Scale{Min: -3, Max: 3}, Positive: []float64{1, 2, 3}},
		"surveys: [{name: desk-csat, kind: nps}]\n" + source: {Name: "desk-csat", Kind: kpi.NPS, Scale: &config.Scale{Min: 0, Max: 10}},
	} {
		c, err := config.Parse([]byte(text), "config.yml", kinds)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]config.Survey{want}, c.Surveys); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
