using System.Globalization;
using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>
/// The registry of log events as its source has it: a comment <c>// 5000 Sessions</c> opens the range of a folder, the constants below it
/// are its numbers. One whose line ends with <c>// retired</c> is no longer written.
/// </summary>
internal sealed partial class LogEventTable
{
    private readonly List<(int From, string Folder)> _ranges = [];
    private readonly Dictionary<string, (int Number, bool Retired)> _events = [];

    public LogEventTable(SourceFile registry)
    {
        foreach (var line in registry.Text.Split('\n'))
        {
            if (Range().Match(line) is { Success: true } range)
            {
                _ranges.Add((Number(range), range.Groups["name"].Value));
            }
            else if (Event().Match(line) is { Success: true } found)
            {
                _events.Add(found.Groups["name"].Value, (Number(found), found.Groups["retired"].Success));
            }
        }
    }

    public IEnumerable<string> Faults(IEnumerable<SourceFile> sources)
    {
        foreach (var twice in _events.GroupBy(entry => entry.Value.Number).Where(group => group.Count() > 1))
        {
            yield return $"number {twice.Key} has several names: {string.Join(", ", twice.Select(entry => entry.Key))}";
        }

        var written = new Dictionary<int, string>();
        foreach (var file in sources)
        {
            foreach (Match use in Use().Matches(file.Code))
            {
                foreach (var fault in UseFaults(file, use, written))
                {
                    yield return fault;
                }
            }
        }

        foreach (var (name, (number, retired)) in _events.Where(entry => written.ContainsKey(entry.Value.Number) == entry.Value.Retired))
        {
            yield return $"{name} ({number}) is {(retired ? "retired and written" : "written nowhere: mark it retired")}";
        }
    }

    private IEnumerable<string> UseFaults(SourceFile file, Match use, Dictionary<int, string> written)
    {
        var where = $"{file.Path}:{file.LineOf(use.Index)}";
        if (use.Groups["id"].Length == 0)
        {
            yield return $"{where}: the message has no number";
            yield break;
        }

        var named = use.Groups["name"].Success;
        if (named ? !_events.ContainsKey(use.Groups["name"].Value) : _events.Values.All(entry => entry.Number != Number(use)))
        {
            yield return $"{where}: {use.Groups["id"].Value} is not in the registry";
            yield break;
        }

        var number = named ? _events[use.Groups["name"].Value].Number : Number(use);
        if (!written.TryAdd(number, where))
        {
            yield return $"{where}: number {number} is taken by {written[number]}";
        }

        var folder = _ranges.Where(range => range.From <= number).OrderBy(range => range.From).LastOrDefault().Folder;
        if (folder is null || !file.Folder.Split('/').Contains(folder))
        {
            yield return $"{where}: number {number} belongs to {folder ?? "nobody"}";
        }
    }

    private static int Number(Match match) => int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*//\s*(?<number>\d+)\s+(?<name>\w+)\s*$")]
    private static partial Regex Range();

    [GeneratedRegex(@"const int (?<name>\w+) = (?<number>\d+);(?<retired>\s*// retired)?")]
    private static partial Regex Event();

    [GeneratedRegex(@"\[LoggerMessage\s*\(\s*(?:EventId\s*=\s*)?(?<id>LogEvents\.(?<name>\w+)|(?<number>\d+)|)")]
    private static partial Regex Use();
}
