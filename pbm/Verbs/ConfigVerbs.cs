using System.CommandLine;
using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Checks;
using Realtime.Pbm.Completion;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm config …</c></summary>
internal static class ConfigVerbs
{
    public static Verb Create(VerbRunner runner) => Verb.Group("config", "What nodes run by.", Check(runner), Show(runner));

    private static Verb Check(VerbRunner runner) => runner.Verb(
        "check",
        "Compares what the nodes run by, and looks for combinations that are known to end badly. Exit code 0: nothing or only notes; 6: warnings or faults; 7: a node could not be asked. (A file is checked by the program it is for: Realtime.Node --check-config.)",
        ["pbm config check", "pbm config check --json | jq '.findings[] | select(.severity == \"Fault\")'"],
        [],
        async (context, stop) =>
        {
            var report = await CheckAsync(context, stop).ConfigureAwait(false);
            if (context.Screen.Json)
            {
                context.Screen.Document(JsonSerializer.Serialize(report, CheckJson.Default.CheckReport));
            }
            else
            {
                Show(context.Screen, report);
            }

            return report.Findings.Any(finding => finding.Severity > Severity.Note) ? PbmExitCodes.Refused : report.Unreachable.Count > 0 ? PbmExitCodes.Unfinished : PbmExitCodes.Done;
        });

    private static Verb Show(VerbRunner runner)
    {
        var node = NodeNames.Optional(runner);
        return runner.Verb(
            "show",
            "What a node runs by, secrets masked. JSON: ConfigurationReport.",
            ["pbm config show node-1", "pbm config show node-1 | grep Cluster"],
            [node],
            async (context, stop) =>
            {
                var name = await context.NodeAsync(context.Find(node), stop).ConfigureAwait(false);
                var answer = await context.Api.GetAsync<ConfigurationReport>(ApiPaths.Node(name, "config"), stop).ConfigureAwait(false);
                return context.Tell(answer, report =>
                {
                    foreach (var setting in report.Settings)
                    {
                        context.Screen.Line(Cell.Quiet(setting.Name), Cell.Quiet("="), setting.Value);
                    }
                });
            });
    }

    private static async Task<CheckReport> CheckAsync(VerbContext context, CancellationToken stop)
    {
        var cluster = await context.ClusterAsync(stop).ConfigureAwait(false);
        var nodes = new List<RunningNode>();
        var unreachable = new List<string>();
        foreach (var node in cluster.Nodes.Where(node => node.Status != "dead"))
        {
            try
            {
                nodes.Add(new RunningNode(node, (await context.Api.GetAsync<ConfigurationReport>(ApiPaths.Node(node.Name, "config"), stop).ConfigureAwait(false)).Value));
            }
            catch (CallFailedException e) when (e.ExitCode is PbmExitCodes.Unfinished or PbmExitCodes.NotFound)
            {
                unreachable.Add(node.Name);
            }
        }

        List<Finding> findings = [.. DifferenceRules.Find(nodes), .. CombinationRules.Find(cluster, nodes)];
        return new CheckReport([.. nodes.Select(node => node.Name)], unreachable, [.. findings.OrderByDescending(finding => finding.Severity)]);
    }

    private static void Show(Screen screen, CheckReport report)
    {
        foreach (var finding in report.Findings)
        {
            var severity = finding.Severity switch
            {
                Severity.Fault => "fault",
                Severity.Warning => "warning",
                Severity.Note => "note",
                _ => throw new InvalidOperationException($"severity {finding.Severity} has no name"),
            };
            screen.Line(Cell.State(severity), new Cell(finding.Setting, Tone.Strong), finding.Text);
            foreach (var values in (finding.Values ?? new Dictionary<string, string>()).GroupBy(entry => entry.Value))
            {
                screen.Line($"    {values.Key} on {string.Join(", ", values.Select(entry => entry.Key))}");
            }
        }

        var serious = report.Findings.Count(finding => finding.Severity > Severity.Note);
        screen.Line(
            $"{Words.Count(report.Checked.Count, "node")} checked: {(serious == 0 ? "nothing to do" : Words.Count(serious, "finding"))}.", serious == 0 ? Tone.Good : Tone.Bad);
        screen.Missing(report.Unreachable);
    }
}
