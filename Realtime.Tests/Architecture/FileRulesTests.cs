using System.Text;

namespace Realtime.Tests.Architecture;

public sealed class FileRulesTests
{
    /// <summary>Files over the limit, each with how far it may go and why it is one thing.</summary>
    private static readonly Dictionary<string, int> Longer = new()
    {
        // One module by design: a page imports one file, without a build step.
        ["clients/js/realtime.js"] = 2500,
    };

    [Fact]
    public void Files_are_short() => FileRules.SizeFaults(RepositoryFiles.All, Longer).ShouldBeEmpty();

    [Fact]
    public void A_file_has_one_public_type_with_a_name_that_says_what_it_does() =>
        RepositoryFiles.CSharp.SelectMany(FileRules.TypeFaults).ShouldBeEmpty();

    [Fact]
    public void Namespaces_equal_folders()
    {
        var projects = RepositoryFiles.All.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal)).ToDictionary(file => file.Folder, FileRules.RootNamespace);

        RepositoryFiles.CSharp.Select(file => projects.Keys.Where(project => (file.Folder + "/").StartsWith(project + "/", StringComparison.Ordinal)).MaxBy(project => project.Length) is { } own
            ? FileRules.NamespaceFault(file, own, projects[own])
            : $"{file.Path} is in no project").OfType<string>().ShouldBeEmpty();
    }

    [Fact]
    public void No_file_names_a_path_of_somebodys_machine() => RepositoryFiles.All.SelectMany(FileRules.PathFaults).ShouldBeEmpty();

    [Fact]
    public void The_tests_see_the_whole_repository()
    {
        RepositoryFiles.All.ShouldContain(file => file.Path == "README.md");
        RepositoryFiles.All.ShouldContain(file => file.Path == "clients/js/realtime.js");
        RepositoryFiles.All.ShouldNotContain(file => file.Path.Contains("/obj/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_file_and_a_needless_exception_are_found()
    {
        var tooLong = new SourceFile("a.js", Lines(401));
        var longest = new SourceFile("b.cs", Lines(400));
        var page = new SourceFile("c.md", Lines(1000));

        FileRules.SizeFaults([tooLong, longest, page], new Dictionary<string, int>()).ShouldHaveSingleItem().ShouldContain("a.js has 401 lines");
        FileRules.SizeFaults([tooLong], new Dictionary<string, int> { ["a.js"] = 401 }).ShouldBeEmpty();
        FileRules.SizeFaults([tooLong, longest], new Dictionary<string, int> { ["a.js"] = 401, ["b.cs"] = 400, ["gone.cs"] = 400 }).Count().ShouldBe(2);
    }

    [Theory]
    [InlineData("public sealed class A;\npublic sealed class B;", 1)]
    [InlineData("public readonly record struct A(int B);\npublic enum C { D }", 1)]
    [InlineData("public class A { public sealed record B : A; public sealed record C : A; }", 0)]
    [InlineData("public sealed record A;\n\ninternal sealed class B;", 0)]
    [InlineData("public class A;\npublic class A<T>;", 0)]
    [InlineData("internal sealed class ShardManager;", 1)]
    [InlineData("internal static class TextUtils;", 1)]
    [InlineData("public class A { private abstract class EntityBase { } }", 1)]
    [InlineData("internal sealed class SqliteDatabase;", 0)]
    [InlineData("// class TextHelper", 0)]
    public void Types_are_counted_and_their_names_looked_at(string code, int faults)
    {
        FileRules.TypeFaults(new SourceFile("A/B.cs", code)).Count().ShouldBe(faults);
    }

    [Theory]
    [InlineData("A.B/C/D.cs", "namespace A.B.C;\nclass D;", true)]
    [InlineData("A.B/D.cs", "namespace A.B;\nclass D;", true)]
    [InlineData("A.B/Program.cs", "return 0;", true)]
    [InlineData("A.B/C/D.cs", "namespace A.B;\nclass D;", false)]
    [InlineData("A.B/C/D.cs", "namespace A.B.C\n{\nclass D;\n}", false)]
    [InlineData("A.B/C/D.cs", "class D;", false)]
    public void A_namespace_elsewhere_is_found(string path, string code, bool holds)
    {
        (FileRules.NamespaceFault(new SourceFile(path, code), "A.B") is null).ShouldBe(holds);
    }

    [Theory]
    [InlineData("cd /ho", "me/ada/realtime", true)]
    [InlineData("\"/ro", "ot/data\"", true)]
    [InlineData("(/wo", "rk/main)", true)]
    [InlineData("C:\\Us", "ers\\Ada", true)]
    [InlineData("https://example.com/ho", "me/ada", false)]
    [InlineData("docs/wo", "rk/main", false)]
    [InlineData("sqlite:data/", "realtime.db", false)]
    public void A_path_of_one_machine_is_found(string begin, string end, bool found)
    {
        // In two parts, or this file would name such a path itself.
        FileRules.PathFaults(new SourceFile("a.md", begin + end)).Any().ShouldBe(found);
    }

    [Fact]
    public void What_git_ignores_is_not_looked_at_and_other_rules_are_refused()
    {
        var rules = new IgnoreRules(["# built", "bin/", "/data/", "*.db-wal", ""]);

        rules.IgnoresFolder("a/bin").ShouldBeTrue();
        rules.IgnoresFolder("data").ShouldBeTrue();
        rules.IgnoresFolder("a/data").ShouldBeFalse();
        rules.IgnoresFile("a/b.db-wal").ShouldBeTrue();
        rules.IgnoresFile("a/b.cs").ShouldBeFalse();
        Should.Throw<NotSupportedException>(() => new IgnoreRules(["a/**/b"]));
        Should.Throw<NotSupportedException>(() => new IgnoreRules(["!bin/"]));
    }

    private static string Lines(int count) => new StringBuilder().Insert(0, "x\n", count).ToString();
}
