package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"helpdesk_exporter/docs"
)

// ManualPage is one page of the manual.
type ManualPage struct {
	Name  string // in its address
	Title string
	HTML  template.HTML
}

// Manual returns the pages of the manual, by name.
func Manual() ([]ManualPage, error) {
	files, err := fs.Glob(docs.Files, "*.md")
	if err != nil {
		return nil, err
	}
	var pages []ManualPage
	for _, file := range files {
		source, err := docs.Files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		page, err := manualPage(source, func(name string) bool {
			_, err := fs.Stat(docs.Files, name)
			return err == nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		page.Name = strings.TrimSuffix(file, ".md")
		pages = append(pages, page)
	}
	return pages, nil
}

// manualPage renders Markdown. Links to other pages, those that exist, lead to
// where they are served; links to other files become their text.
func manualPage(source []byte, exists func(name string) bool) (ManualPage, error) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	context := parser.NewContext(parser.WithIDs(anchors{}))
	tree := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(context))
	var page ManualPage
	var dead []*ast.Link
	err := ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Heading:
			if entering && n.Level == 1 && page.Title == "" {
				page.Title = string(n.Lines().Value(source))
			}
		case *ast.Link:
			if href, ok := manualLink(string(n.Destination), exists); ok {
				n.Destination = []byte(href)
			} else if entering {
				dead = append(dead, n)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return page, err
	}
	for _, link := range dead {
		unlink(link)
	}
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, source, tree); err != nil {
		return page, err
	}
	page.HTML = template.HTML(reachable.Replace(b.String()))
	return page, nil
}

// reachable lets those who have no mouse scroll what is wider than the page,
// and leaves no column with a heading that says nothing.
var reachable = strings.NewReplacer(
	"<table>", `<div class="wide" role="group" aria-label="Table" tabindex="0"><table>`, "</table>", "</table></div>",
	"<pre>", `<pre tabindex="0">`,
	"<th></th>", "<td></td>",
)

// manualLink returns where a link of the manual leads; false: to a file that is
// not served. A page that was rewritten already is not rewritten again.
func manualLink(to string, exists func(name string) bool) (string, bool) {
	file, anchor, anchored := strings.Cut(to, "#")
	switch {
	case file == "", strings.Contains(to, "://"), exists(file + ".md"):
		return to, true
	case path.Ext(file) != ".md" || !exists(file):
		return "", false
	case anchored:
		return strings.TrimSuffix(file, ".md") + "#" + anchor, true
	default:
		return strings.TrimSuffix(file, ".md"), true
	}
}

// unlink puts the text of a link in its place.
func unlink(link *ast.Link) {
	parent := link.Parent()
	for child := link.FirstChild(); child != nil; child = link.FirstChild() {
		parent.InsertBefore(parent, link, child)
	}
	parent.RemoveChild(parent, link)
}

// anchors makes the anchors of headings as the sites do that show Markdown:
// small letters, blanks become hyphens, other signs go. It implements
// [parser.IDs].
type anchors map[string]int

// Generate implements [parser.IDs].
func (a anchors) Generate(heading []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, strings.TrimSpace(string(heading)))
	n := a[id]
	a[id]++
	if n > 0 {
		id = fmt.Sprintf("%s-%d", id, n)
	}
	return []byte(id)
}

// Put implements [parser.IDs].
func (a anchors) Put(id []byte) { a[string(id)]++ }
