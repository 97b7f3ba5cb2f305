using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>The rules of docs/security.md have the tests that the page names.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_rule_names_tests_and_every_test_that_is_named_exists()
    {
        var tests = RepositoryFiles.CSharp.Where(file => file.Path.StartsWith("Realtime.Tests/", StringComparison.Ordinal))
            .SelectMany(file => Test().Matches(file.Text).Select(match => $"{file.Name[..^3]}.{match.Groups[1].Value}")).ToHashSet();
        var rules = RepositoryFiles.Get("docs/security.md").Text.Split('\n').Where(line => Rule().IsMatch(line)).ToList();

        rules.Select(line => Rule().Match(line).Groups[1].Value).ShouldBe(Enumerable.Range(1, 23).Select(number => $"{number}"));
        foreach (var rule in rules)
        {
            var named = Named().Matches(rule).Select(match => match.Groups[1].Value).ToList();
            (named.Count > 0 || rule.Contains("Not built yet", StringComparison.Ordinal)).ShouldBeTrue(rule);
            named.Where(name => !tests.Contains(name)).ShouldBeEmpty(rule[..6]);
        }
    }

    [GeneratedRegex(@"public (?:async Task|void|Task) ([A-Z]\w+)\(")]
    private static partial Regex Test();

    [GeneratedRegex(@"^\| S(\d+) \|")]
    private static partial Regex Rule();

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Named();
}
