using System.CommandLine;
using System.CommandLine.Parsing;
using Realtime.Messages.Errors;

namespace Realtime.Pbm;

/// <summary>What is said of words on the command line that are no verb and no option.</summary>
internal static class Spelling
{
    /// <summary>Sentences; none when every word has its place.</summary>
    public static IReadOnlyList<string> Faults(ParseResult parsed, string[] arguments)
    {
        var command = parsed.CommandResult;

        // System.CommandLine takes an unknown option for the value of an argument that has room for it.
        var swallowed = arguments.Contains("--") ? [] : command.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens).Select(token => token.Value).Where(value => value.StartsWith("--", StringComparison.Ordinal));
        return [.. parsed.UnmatchedTokens.Concat(swallowed).Distinct().Take(1).Select(word => Fault(word, command))];
    }

    private static string Fault(string word, CommandResult command) => Sentence(word switch
    {
        "--yes" or "-y" => $"'{word}' is no option here: this verb does not ask",
        _ when word.StartsWith('-') => $"'{word}' is no option{Suggestion(word.Split('=')[0], Options(command))}",
        _ when command.Command.Subcommands.Count > 0 =>
            $"'{word}' is no verb{NearestWord.Suggest(word, [.. command.Command.Subcommands.Select(verb => verb.Name)], "verbs here")}",
        _ => $"'{word}' is one word too many",
    });

    private static string Sentence(string text) => text.EndsWith('?') ? text : text + ".";

    private static string Suggestion(string word, IEnumerable<string> options) => NearestWord.Of(word, options) is { } meant ? $"; is {meant} meant?" : "";

    /// <summary>Of the verb and of all it stands under.</summary>
    private static IEnumerable<string> Options(CommandResult command) =>
        command.Command.Options.Select(option => option.Name).Concat(command.Parent is CommandResult parent ? Options(parent) : []);
}
