using System.CommandLine;
using System.CommandLine.Parsing;
using Realtime.Messages.Errors;

namespace Realtime.Pbm.Verbs;

/// <summary>Levels of log lines: the API's own names, and those that people know from other programs.</summary>
internal static class LevelNames
{
    public static readonly IReadOnlyList<string> All = ["trace", "debug", "information", "warning", "error", "critical"];

    private static readonly Dictionary<string, string> Known = new(
        [
            .. All.Select(name => KeyValuePair.Create(name, name)),
            new("verbose", "trace"), new("trce", "trace"),
            new("dbug", "debug"),
            new("info", "information"),
            new("warn", "warning"),
            new("err", "error"), new("fail", "error"),
            new("crit", "critical"), new("fatal", "critical"),
        ],
        StringComparer.OrdinalIgnoreCase);

    public static Option<string?> Option(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', All), CustomParser = Parse };
        option.CompletionSources.Add([.. All]);
        return option;
    }

    public static Argument<string?> Argument(string name, string description)
    {
        var argument = new Argument<string?>(name) { Description = description, Arity = ArgumentArity.ZeroOrOne, CustomParser = Parse };
        argument.CompletionSources.Add([.. All]);
        return argument;
    }

    private static string? Parse(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            return null;
        }

        var given = result.Tokens[0].Value;
        if (Known.TryGetValue(given, out var level))
        {
            return level;
        }

        result.AddError($"'{given}' is no level{NearestWord.Suggest(given, All.ToList(), "levels")}.");
        return null;
    }
}
