using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>The tests that <c>docs/limits.md</c> names are there.</summary>
public sealed partial class LimitsPageTests
{
    [Fact]
    public void The_tests_that_hold_a_limit_exist()
    {
        var page = RepositoryFiles.Get("docs/limits.md").Text;
        var named = Test().Matches(page[page.IndexOf("## What holds it", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value).ToList();
        var classes = typeof(LimitsPageTests).Assembly.GetTypes().ToLookup(type => type.Name);

        named.Count.ShouldBeGreaterThan(10);
        named.Where(test => test.Split('.') is var parts && !classes[parts[0]].Any(type => parts.Length == 1 || type.GetMethod(parts[1]) is not null)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"`(\w+Tests(\.\w+)?)`")]
    private static partial Regex Test();
}
