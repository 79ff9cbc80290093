// helm-render renders a dependency-free Helm chart with the template engine that Helm itself uses (Go's
// text/template with sprig). It exists because charts must be testable where there is no helm binary.
//
//	helm-render [-f values.yaml]… [-set path=value]… [-release NAME] [-namespace NS] [-kube-version V]
//	            [-api-version GROUP/VERSION]… [-upgrade] [-strict] [-notes] CHART
//
// Like `helm template` it prints the manifests as one YAML stream; -strict also fails on a value that does not
// exist (`helm lint --strict` does). The JSON schema of the values is checked by the caller.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v2"
)

type object = map[string]interface{}

type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

const maxIncludeDepth = 1000

// fromYAML parses one document the way Helm does: by way of JSON, so every number becomes a float64.
func fromYAML(text []byte) (interface{}, error) {
	var parsed interface{}
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(stringKeys(parsed))
	if err != nil {
		return nil, err
	}
	var value interface{}
	return value, json.Unmarshal(encoded, &value)
}

func stringKeys(value interface{}) interface{} {
	switch typed := value.(type) {
	case map[interface{}]interface{}:
		result := object{}
		for key, item := range typed {
			result[fmt.Sprint(key)] = stringKeys(item)
		}
		return result
	case []interface{}:
		for index, item := range typed {
			typed[index] = stringKeys(item)
		}
	}
	return value
}

func readObject(file string) (object, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	value, err := fromYAML(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if value == nil {
		return object{}, nil
	}
	result, ok := value.(object)
	if !ok {
		return nil, fmt.Errorf("%s: is not a map", file)
	}
	return result, nil
}

// merge lays overrides over base. A null override removes the key, as in Helm.
func merge(base, overrides object) object {
	for key, value := range overrides {
		if value == nil {
			delete(base, key)
			continue
		}
		overrideMap, isMap := value.(object)
		baseMap, wasMap := base[key].(object)
		if isMap && wasMap {
			base[key] = merge(baseMap, overrideMap)
		} else {
			base[key] = value
		}
	}
	return base
}

// setValue applies `a.b.c=value`; the value is read as YAML, so numbers and booleans keep their type.
func setValue(values object, assignment string) error {
	name, text, found := strings.Cut(assignment, "=")
	if !found {
		return fmt.Errorf("-set %q: path=value expected", assignment)
	}
	value, err := fromYAML([]byte(text))
	if err != nil {
		return err
	}
	keys := strings.Split(name, ".")
	for _, key := range keys[:len(keys)-1] {
		next, ok := values[key].(object)
		if !ok {
			next = object{}
			values[key] = next
		}
		values = next
	}
	values[keys[len(keys)-1]] = value
	return nil
}

func toYAML(value interface{}) (string, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	var generic interface{}
	if err := yaml.Unmarshal(encoded, &generic); err != nil {
		return "", err
	}
	text, err := yaml.Marshal(generic)
	return strings.TrimSuffix(string(text), "\n"), err
}

// files is `.Files`: what lies in the chart outside templates/.
type files map[string][]byte

func (f files) Get(name string) string      { return string(f[name]) }
func (f files) GetBytes(name string) []byte { return f[name] }
func (f files) Lines(name string) []string {
	return strings.Split(strings.TrimSuffix(string(f[name]), "\n"), "\n")
}
func (f files) Glob(pattern string) files {
	found := files{}
	for name, content := range f {
		if matched, _ := path.Match(pattern, name); matched {
			found[name] = content
		}
	}
	return found
}
func (f files) AsConfig() (string, error) {
	return f.encode(func(b []byte) string { return string(b) })
}
func (f files) AsSecrets() (string, error) { return f.encode(base64.StdEncoding.EncodeToString) }
func (f files) encode(convert func([]byte) string) (string, error) {
	entries := map[string]string{}
	for name, content := range f {
		entries[path.Base(name)] = convert(content)
	}
	return toYAML(entries)
}

type apiVersions []string

func (v apiVersions) Has(wanted string) bool {
	for _, version := range v {
		if version == wanted {
			return true
		}
	}
	return false
}

type kubeVersion struct{ Version, Major, Minor, GitVersion string }

func (v kubeVersion) String() string { return v.Version }

// functions are sprig's without the two that read the environment, and Helm's own.
func functions(root *template.Template, strict bool) template.FuncMap {
	funcs := sprig.TxtFuncMap()
	delete(funcs, "env")
	delete(funcs, "expandenv")
	depth := map[string]int{}
	funcs["include"] = func(name string, data interface{}) (string, error) {
		if depth[name]++; depth[name] > maxIncludeDepth {
			return "", fmt.Errorf("template %q includes itself without end", name)
		}
		defer func() { depth[name]-- }()
		var out strings.Builder
		err := root.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	funcs["tpl"] = func(text string, data interface{}) (string, error) {
		clone, err := root.Clone()
		if err != nil {
			return "", err
		}
		clone.Option(missingKey(strict))
		parsed, err := clone.New("tpl").Funcs(functions(clone, strict)).Parse(text)
		if err != nil {
			return "", err
		}
		var out strings.Builder
		err = parsed.Execute(&out, data)
		return strings.ReplaceAll(out.String(), "<no value>", ""), err
	}
	funcs["required"] = func(message string, value interface{}) (interface{}, error) {
		if text, isText := value.(string); value == nil || (isText && text == "") {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	funcs["fail"] = func(message string) (string, error) { return "", fmt.Errorf("%s", message) }
	funcs["lookup"] = func(_, _, _, _ string) object { return object{} }
	funcs["toYaml"] = toYAML
	funcs["fromYaml"] = func(text string) object {
		value, err := fromYAML([]byte(text))
		if result, ok := value.(object); ok && err == nil {
			return result
		}
		return object{"Error": fmt.Sprintf("not a map: %v", err)}
	}
	funcs["fromYamlArray"] = func(text string) []interface{} {
		value, err := fromYAML([]byte(text))
		if result, ok := value.([]interface{}); ok && err == nil {
			return result
		}
		return []interface{}{fmt.Sprintf("not a list: %v", err)}
	}
	return funcs
}

func missingKey(strict bool) string {
	if strict {
		return "missingkey=error"
	}
	return "missingkey=zero"
}

func readChart(folder string) (chart object, defaults object, templates map[string]string, rest files, err error) {
	if chart, err = readObject(filepath.Join(folder, "Chart.yaml")); err != nil {
		return
	}
	if defaults, err = readObject(filepath.Join(folder, "values.yaml")); err != nil {
		return
	}
	templates, rest = map[string]string{}, files{}
	err = filepath.Walk(folder, func(file string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(file)
		name, _ := filepath.Rel(folder, file)
		name = filepath.ToSlash(name)
		if strings.HasPrefix(name, "templates/") {
			templates[name] = string(content)
		} else {
			rest[name] = content
		}
		return err
	})
	return
}

// capitalised gives Chart.yaml's keys as `.Chart` has them (appVersion → AppVersion).
func capitalised(chart object) object {
	result := object{"AppVersion": "", "Version": ""}
	for key, value := range chart {
		result[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return result
}

var location = regexp.MustCompile(`template: [^:]+:\d+(:\d+)?: executing "[^"]+" at <.*?>: (error calling \w+: )?`)

func run() error {
	var valueFiles, sets, versions list
	flag.Var(&valueFiles, "f", "values file, repeatable")
	flag.Var(&sets, "set", "path=value, repeatable")
	flag.Var(&versions, "api-version", "an API version that the cluster serves, repeatable")
	release := flag.String("release", "release-name", "release name")
	namespace := flag.String("namespace", "default", "release namespace")
	kube := flag.String("kube-version", "v1.33.0", "version of the cluster")
	upgrade := flag.Bool("upgrade", false, "render as an upgrade")
	strict := flag.Bool("strict", false, "fail on values that do not exist")
	notes := flag.Bool("notes", false, "print NOTES.txt instead of the manifests")
	flag.Parse()

	folder := flag.Arg(0)
	chart, values, templates, rest, err := readChart(folder)
	if err != nil {
		return err
	}
	for _, file := range valueFiles {
		overrides, err := readObject(file)
		if err != nil {
			return err
		}
		values = merge(values, overrides)
	}
	for _, assignment := range sets {
		if err := setValue(values, assignment); err != nil {
			return err
		}
	}

	root := template.New("chart").Option(missingKey(*strict))
	root.Funcs(functions(root, *strict))
	names := []string{}
	for name, text := range templates {
		if _, err := root.New(name).Parse(text); err != nil {
			return err
		}
		names = append(names, name)
	}
	sort.Strings(names)

	numbers := strings.SplitN(strings.TrimPrefix(*kube, "v"), ".", 3)
	if len(numbers) < 2 {
		return fmt.Errorf("-kube-version %s: vMAJOR.MINOR.PATCH expected", strconv.Quote(*kube))
	}
	for _, name := range names {
		isNotes := path.Base(name) == "NOTES.txt"
		if strings.HasPrefix(path.Base(name), "_") || isNotes != *notes {
			continue
		}
		var out bytes.Buffer
		err := root.ExecuteTemplate(&out, name, object{
			"Values": values,
			"Chart":  capitalised(chart),
			"Files":  rest,
			"Release": object{
				"Name": *release, "Namespace": *namespace, "Service": "Helm", "Revision": 1,
				"IsUpgrade": *upgrade, "IsInstall": !*upgrade,
			},
			"Capabilities": object{
				"APIVersions": apiVersions(versions),
				"KubeVersion": kubeVersion{*kube, numbers[0], numbers[1], *kube},
			},
			"Template": object{"Name": name, "BasePath": "templates"},
		})
		if err != nil {
			return fmt.Errorf("%s: %s", name, location.ReplaceAllString(err.Error(), ""))
		}
		text := strings.ReplaceAll(out.String(), "<no value>", "")
		if isNotes {
			fmt.Println(text)
		} else if strings.TrimSpace(text) != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", name, strings.TrimRight(strings.TrimLeft(text, "\n"), "\n"))
		}
	}
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
