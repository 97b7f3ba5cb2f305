using System.CommandLine;
using System.Text.RegularExpressions;
using Realtime.Pbm;
using Realtime.Pbm.Verbs;

namespace Realtime.Tests.Pbm;

/// <summary>The help is good enough to learn it from.</summary>
public sealed partial class HelpTests
{
    private static readonly string[] Wanted =
    [
        "cluster show", "cluster tail", "cluster leave", "cluster down", "cluster top", "cluster-sharding list", "cluster-sharding regions", "cluster-sharding shards", "cluster-sharding locate",
        "cluster-sharding move", "cluster-sharding rebalance", "cluster-sharding pause", "cluster-sharding resume", "session show", "session list", "session tail", "session kick", "session revoke", "user revoke", "channel show",
        "channel list", "channel tail", "channel publish", "webhook list", "webhook dead", "webhook replay", "webhook drop", "schedule list", "schedule cancel", "node show", "node drain", "node undrain", "log tail", "log level", "config check", "config show", "audit", "completion",
    ];

    public static TheoryData<string> Verbs => [.. Wanted];

    [Fact]
    public void These_are_the_verbs() => Leaves(Tree(), "").Select(leaf => leaf.Path).ShouldBe(Wanted, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Every_verb_has_help_with_an_example_that_is_understood(string verb)
    {
        using var output = new StringWriter();

        var code = await PbmCommandLine.RunAsync([.. verb.Split(' '), "--help"], PbmRun.Around(output, new StringWriter()), TestContext.Current.CancellationToken);

        code.ShouldBe(0);
        output.ToString().ShouldContain("Examples:");
        var (_, command) = Leaves(Tree(), "").Single(leaf => leaf.Path == verb);
        command.Examples.ShouldNotBeEmpty();
        foreach (var example in command.Examples.Where(example => example.StartsWith("pbm ", StringComparison.Ordinal)))
        {
            output.ToString().ShouldContain(example);
            var line = example.Split(" | ")[0].Split(" < ")[0].Split(" > ")[0].Split(" >> ")[0];
            var words = Word().Matches(line).Select(word => word.Groups[1].Success ? word.Groups[1].Value : word.Value).Skip(1);
            Tree().Parse([.. words]).Errors.ShouldBeEmpty(example);
        }
    }

    [Fact]
    public void The_page_has_every_verb_and_every_option()
    {
        var page = Architecture.RepositoryFiles.Get("docs/pbm.md").Text;
        foreach (var (path, command) in Leaves(Tree(), ""))
        {
            page.ShouldContain($"`pbm {path}", Case.Sensitive);
            foreach (var option in command.Options)
            {
                page.ShouldContain($"`{option.Name}", Case.Sensitive, $"pbm {path} {option.Name}");
            }
        }
    }

    private static RootCommand Tree() => PbmCommandLine.Tree(PbmRun.Around(new StringWriter(), new StringWriter()));

    private static IEnumerable<(string Path, Verb Verb)> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [(path.Trim(), (Verb)command)]
        : command.Subcommands.SelectMany(verb => Leaves(verb, $"{path} {verb.Name}"));

    /// <summary>As a shell splits a line, as far as the examples need it.</summary>
    [GeneratedRegex(@"'([^']*)'|\S+")]
    private static partial Regex Word();
}
