package deploy

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// provisioning is what this repository uses of the files that Grafana reads its
// data sources and boards from.
type provisioning struct {
	APIVersion  int `json:"apiVersion"`
	Datasources []struct {
		Name      string `json:"name"`
		UID       string `json:"uid"`
		Type      string `json:"type"`
		Access    string `json:"access"`
		URL       string `json:"url"`
		IsDefault bool   `json:"isDefault"`
		Editable  bool   `json:"editable"`
		JSONData  struct {
			HTTPMethod     string `json:"httpMethod"`
			PrometheusType string `json:"prometheusType"`
			TimeInterval   string `json:"timeInterval"`
		} `json:"jsonData"`
	} `json:"datasources"`
	Providers []struct {
		Name                  string `json:"name"`
		Folder                string `json:"folder"`
		FolderUID             string `json:"folderUid"`
		Type                  string `json:"type"`
		DisableDeletion       bool   `json:"disableDeletion"`
		AllowUIUpdates        bool   `json:"allowUiUpdates"`
		UpdateIntervalSeconds int    `json:"updateIntervalSeconds"`
		Options               struct {
			Path string `json:"path"`
		} `json:"options"`
	} `json:"providers"`
}

// provisioned reads a folder of provisioning with the environment that compose.yml
// gives Grafana.
func provisioned(t *testing.T, folder string) provisioning {
	t.Helper()
	s := service(t, "grafana")
	var all provisioning
	for _, file := range glob(t, hostPath(t, s, "/etc/grafana/provisioning/"+folder), "*") {
		text := os.Expand(read(t, file), func(name string) string {
			value := s.Environment[name]
			if value == nil {
				t.Errorf("%s: nothing sets %s", file, name)
				return ""
			}
			return *value
		})
		decode(t, file, text, &all)
	}
	if all.APIVersion != 1 {
		t.Errorf("%s: apiVersion %d", folder, all.APIVersion)
	}
	return all
}

func TestGrafanaAsksPrometheus(t *testing.T) {
	var scrapes scraping
	decode(t, prometheusFile, read(t, prometheusFile), &scrapes)
	all := provisioned(t, "datasources").Datasources
	if len(all) != 1 || all[0].UID != "prometheus" || all[0].Type != "prometheus" || !all[0].IsDefault {
		t.Fatalf("data sources %+v", all)
	}
	address, err := url.Parse(all[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	reaches(t, project(t), "grafana", address.Host)
	if got, want := all[0].JSONData.TimeInterval, scrapes.Global.ScrapeInterval; got != want {
		t.Errorf("Grafana takes the scrape interval for %s, it is %s", got, want)
	}
}

func TestGrafanaFindsTheBoards(t *testing.T) {
	s := service(t, "grafana")
	all := provisioned(t, "dashboards").Providers
	if len(all) != 1 || all[0].Type != "file" || all[0].AllowUIUpdates || !all[0].DisableDeletion {
		t.Fatalf("providers %+v", all)
	}
	uids := map[string]string{}
	for _, file := range glob(t, hostPath(t, s, all[0].Options.Path), "*.json") {
		var board struct{ UID, Title string }
		if err := json.Unmarshal([]byte(read(t, file)), &board); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if other, taken := uids[board.UID]; taken || board.UID == "" || board.Title == "" {
			t.Errorf("%s: uid %q, title %q, as has %q", file, board.UID, board.Title, other)
		}
		uids[board.UID] = filepath.Base(file)
	}
	home := s.Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	exists(t, hostPath(t, s, *home))
}
