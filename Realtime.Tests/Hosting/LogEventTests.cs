using System.Reflection;
using System.Text.RegularExpressions;
using Realtime.Node.Telemetry;

namespace Realtime.Tests.Hosting;

public sealed partial class LogEventTests
{
    private static readonly Dictionary<string, int> Registry = typeof(LogEvents)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral)
        .ToDictionary(field => field.Name, field => (int)field.GetRawConstantValue()!);

    [Fact]
    public void No_number_is_given_twice() =>
        Registry.GroupBy(entry => entry.Value).Where(group => group.Count() > 1).Select(group => string.Join(" and ", group.Select(entry => entry.Key))).ShouldBeEmpty();

    /// <summary>Numbers are searched for and alarmed on; a second message under one number makes both useless.</summary>
    [Fact]
    public void Every_message_in_the_sources_has_a_registered_number_of_its_own()
    {
        var uses = Uses().ToList();

        uses.Count.ShouldBeGreaterThan(10, "the search itself must find something");
        uses.Where(use => use.Number is null || !Registry.ContainsValue(use.Number.Value))
            .Select(use => $"{use.File}: {use.Text} is not in LogEvents").ShouldBeEmpty();
        uses.GroupBy(use => use.Number).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key} is used by {string.Join(" and ", group.Select(use => use.File))}").ShouldBeEmpty();
    }

    private static IEnumerable<(string File, string Text, int? Number)> Uses()
    {
        var files = new[] { "Realtime.Messages", "Realtime.Node", "lighthouse" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(SourceTree.Root, project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
        foreach (var file in files)
        {
            foreach (Match match in Message().Matches(File.ReadAllText(file)))
            {
                var text = match.Groups["event"].Value;
                int? number = int.TryParse(text, out var literal) ? literal
                    : text.StartsWith("LogEvents.", StringComparison.Ordinal) && Registry.TryGetValue(text["LogEvents.".Length..], out var named) ? named
                    : null;
                yield return (Path.GetRelativePath(SourceTree.Root, file), text, number);
            }
        }
    }

    [GeneratedRegex(@"\[LoggerMessage\(\s*(EventId\s*=\s*)?(?<event>[\w.]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Message();
}
