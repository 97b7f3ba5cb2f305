using System.Text.RegularExpressions;

namespace Realtime.Tests.Readme;

/// <summary>What becomes of a line that is typed into a shell. A line that no rule knows has to be given one, or a reason.</summary>
internal sealed record ShellLine(string Text, ShellLine.Outcome Ends, string? WhyNot = null)
{
    internal enum Outcome
    {
        /// <summary>With exit code 0.</summary>
        ByItself,

        /// <summary>A node, that serves until it is stopped.</summary>
        Serving,

        /// <summary>A view, that goes on until it is stopped.</summary>
        Showing,

        /// <summary>A variable for the lines that follow in its block.</summary>
        Setting,

        /// <summary>For the reason that is given.</summary>
        NotRun,
    }

    private static readonly (string Pattern, Outcome Ends, string? WhyNot)[] Rules =
    [
        (@"dotnet run --project Realtime\.Node -- --check-config", Outcome.ByItself, null),
        (@"dotnet run --project Realtime\.Node -- token --user .*", Outcome.ByItself, null),
        (@"(REALTIME__\w+=\S+ )*dotnet run( --no-build)? --project Realtime\.Node( --( --[a-z-]+( [^\s-]\S*)?)+)?", Outcome.Serving, null),
        ("dotnet run --project pbm -- cluster top", Outcome.Showing, null),
        (@"dotnet run --project pbm -- [a-z].*", Outcome.ByItself, null),
        (@"curl .*localhost:\d+/\S*.*", Outcome.ByItself, null),
        (@"node token\.mjs \w+", Outcome.ByItself, null),
        (@"export \w+=\S+", Outcome.Setting, null),
        (@"dotnet test( --filter-class (?<class>[\w.]+))?", Outcome.NotRun, "it would run these tests"),
        (@"dotnet (restore|build)( (?<project>\S+))?", Outcome.NotRun, "it ran before these tests could"),
        (@"dotnet publish (?<project>\S+) -c Release( --use-current-runtime)? -o artifacts/\w+", Outcome.NotRun, "PublishedProgramTests publish these, and two at once would write to the same files"),
        (@"dotnet publish (?<project>\S+) -c Release( --os linux)? -t:PublishContainer", Outcome.NotRun, "it needs a registry"),
        (@"dotnet run --project (?<project>samples/\w+)", Outcome.NotRun, "HelloTests and AuctionTests run the samples"),
        (@"dotnet run -c Release --project (?<project>\S+) -- all", Outcome.NotRun, "it measures for many minutes"),
    ];

    /// <summary>What it names that has to be there though it is not run: a class of tests, a folder with a project.</summary>
    public (string? Class, string? Project) Names { get; private init; }

    public static ShellLine Of(string text)
    {
        foreach (var (pattern, ends, whyNot) in Rules)
        {
            if (Regex.Match(text, $"^{pattern}$") is { Success: true } match)
            {
                return new ShellLine(text, ends, whyNot) { Names = (NameOf(match, "class"), NameOf(match, "project")) };
            }
        }

        throw new InvalidOperationException($"nothing is known about the line '{text}': give it a rule, or a reason why it is not run");
    }

    private static string? NameOf(Match match, string group) => match.Groups[group] is { Success: true } found ? found.Value : null;
}
