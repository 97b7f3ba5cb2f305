using System.CommandLine;
using Realtime.Pbm;
using Realtime.Tests.Pbm;

namespace Realtime.Tests.Deployment;

/// <summary>Command lines that pages show, held against pbm's own tree. Arguments stand for themselves.</summary>
internal static class PbmWords
{
    private static readonly RootCommand Root = PbmCommandLine.Tree(PbmRun.Around(new StringWriter(), new StringWriter()));

    /// <returns>What is wrong; null when nothing is. A group alone may be named.</returns>
    public static string? Fault(string[] words)
    {
        Command at = Root;
        foreach (var word in words)
        {
            if (word.StartsWith('-'))
            {
                if (!Options(at).Any(option => option.Name == word || option.Aliases.Contains(word)))
                {
                    return $"pbm {string.Join(' ', words)}: {at.Name} has no {word}";
                }
            }
            else if (at.Subcommands.FirstOrDefault(command => command.Name == word) is { } next)
            {
                at = next;
            }
            else if (at.Subcommands.Count > 0)
            {
                return $"pbm {string.Join(' ', words)}: {at.Name} has no verb {word}";
            }
        }

        return null;
    }

    private static IEnumerable<Option> Options(Command command) => command.Options.Concat(Root.Options.Where(option => option.Recursive));
}
