using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>What the pages say about the repository is so.</summary>
public sealed partial class PagesTests
{
    [Fact]
    public void Every_command_of_the_build_script_is_in_the_readme()
    {
        var commands = Commands(RepositoryFiles.Get("build.ps1").Text);

        commands.Count.ShouldBe(11);
        var readme = RepositoryFiles.Get("README.md").Text;
        commands.Where(command => !readme.Contains(command, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void The_build_script_offers_exactly_the_words_it_knows_and_ends_with_the_exit_code_of_its_command()
    {
        var script = RepositoryFiles.Get("build.ps1").Text;
        var offered = Offered().Match(script).Groups[1].Value.Split(',').Select(word => word.Trim(' ', '\''));

        Word().Matches(script).Select(match => match.Groups[1].Value).ShouldBe(offered);
        offered.ShouldBe(["restore", "build", "test", "bench", "run", "publish", "images"]);
        script.TrimEnd().ShouldEndWith("exit $LASTEXITCODE");
    }

    [Fact]
    public void Links_between_the_pages_lead_somewhere() =>
        RepositoryFiles.All.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal)).SelectMany(file => DeadLinks(file, RepositoryFiles.Exists)).ShouldBeEmpty();

    [Fact]
    public void Decisions_are_numbered_without_a_hole()
    {
        var numbers = RepositoryFiles.All.Where(file => file.Folder == "docs/decisions" && file.Name != "README.md").Select(file => file.Name[..4]).ToList();

        numbers.ShouldBe(Enumerable.Range(1, numbers.Count).Select(number => number.ToString("0000", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_readme_lists_every_exit_code()
    {
        var readme = RepositoryFiles.Get("README.md").Text;
        foreach (var code in typeof(Realtime.Node.Configuration.ExitCodes).GetFields().Where(field => field.IsLiteral))
        {
            readme.ShouldContain($"| {code.GetRawConstantValue()} |", Case.Sensitive, code.Name);
        }
    }

    [Fact]
    public void A_dead_link_is_found_and_a_foreign_one_is_left_alone()
    {
        var page = new SourceFile("docs/a/b.md", "[one](../c.md#x) [two](d.md) [three](https://example.com/e.md) [four](#y) `[five](f.md)`");

        DeadLinks(page, path => path == "docs/c.md").ShouldHaveSingleItem().ShouldContain("docs/a/d.md");
    }

    [Fact]
    public void Commands_are_read_from_the_script()
    {
        Commands("switch ($x) {\n  'a' { dotnet one -- two }\n  'b' { dotnet three }\n  'c' {\n    dotnet four\n    if ($?) { dotnet five }\n  }\n}")
            .ShouldBe(["dotnet one -- two", "dotnet three", "dotnet four", "dotnet five"]);
    }

    private static List<string> Commands(string script) => [.. Command().Matches(script).Select(match => match.Groups[1].Value.Trim())];

    private static IEnumerable<string> DeadLinks(SourceFile page, Func<string, bool> exists)
    {
        foreach (Match link in Link().Matches(Code().Replace(page.Text, "")))
        {
            var target = link.Groups[1].Value.Split('#')[0];
            if (target.Length == 0 || target.Contains("://", StringComparison.Ordinal))
            {
                continue;
            }

            var path = Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", page.Folder, target))).Replace('\\', '/');
            if (!exists(path))
            {
                yield return $"{page.Path}: {path} is not there";
            }
        }
    }

    [GeneratedRegex(@"(?<=\{\s*|\n\s+)(dotnet [^}\n]+)")]
    private static partial Regex Command();

    [GeneratedRegex(@"ValidateSet\(([^)]*)\)")]
    private static partial Regex Offered();

    [GeneratedRegex(@"^  '(\w+)' \{", RegexOptions.Multiline)]
    private static partial Regex Word();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();
}
