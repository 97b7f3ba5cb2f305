using System.Text.Json.Nodes;
using System.Xml.Linq;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Deployment;

/// <summary>One licence, said the same wherever somebody or some tool looks for it.</summary>
public sealed class LicenceTests
{
    private const string Holder = "Copyright 2026 the Realtime authors";
    private static readonly XDocument Props = XDocument.Parse(RepositoryFiles.Get("Directory.Build.props").Text);
    private static readonly string Expression = Props.Descendants("PackageLicenseExpression").Single().Value;

    [Fact]
    public void The_licence_is_the_Apache_licence_whole_and_names_the_authors()
    {
        var text = RepositoryFiles.Get("LICENSE").Text;

        Expression.ShouldBe("Apache-2.0");
        text.ShouldContain("Apache License");
        text.ShouldContain("Version 2.0, January 2004");
        text.ShouldContain("END OF TERMS AND CONDITIONS");
        for (var section = 1; section <= 9; section++)
        {
            text.ShouldContain($"\n   {section}. ");
        }

        text.ShouldContain(Holder);
        text.ShouldNotContain("[yyyy]");
        Props.Descendants("Copyright").Single().Value.ShouldBe(Holder);
    }

    [Fact]
    public void Packages_that_bring_the_text_along_bring_the_same()
    {
        var copies = RepositoryFiles.All.Where(file => Path.GetFileName(file.Path) == "LICENSE").ToList();

        copies.Count.ShouldBeGreaterThan(1);
        copies.Where(file => file.Text != RepositoryFiles.Get("LICENSE").Text).Select(file => file.Path).ShouldBeEmpty();
    }

    [Fact]
    public void Packages_for_npm_say_it()
    {
        var packages = RepositoryFiles.All.Where(file => Path.GetFileName(file.Path) == "package.json").ToList();

        packages.ShouldNotBeEmpty();
        packages.Where(file => JsonNode.Parse(file.Text)!["license"]?.ToString() != Expression).Select(file => file.Path).ShouldBeEmpty();
    }

    [Fact]
    public void Images_say_it_and_bring_it_along()
    {
        var docker = new DockerfileText(RepositoryFiles.Get("Dockerfile").Text);
        var container = XDocument.Parse(RepositoryFiles.Get("Container.props").Text);

        container.Descendants("ContainerLicenseExpression").Single().Value.ShouldBe("$(PackageLicenseExpression)");
        container.Descendants("None").ShouldContain(item => item.Attribute("Include")!.Value.EndsWith("LICENSE", StringComparison.Ordinal));
        docker.Copies.ShouldContain(copy => copy.Source == "LICENSE");
        foreach (var stage in (ReadOnlySpan<string>)["node", "lighthouse", "pbm"])
        {
            docker.StageOf(stage).ShouldContain(("LABEL", $"org.opencontainers.image.licenses={Expression}"), stage);
        }
    }

    [Fact]
    public void No_project_says_another()
    {
        var projects = RepositoryFiles.All.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal)).ToList();

        projects.Count.ShouldBeGreaterThan(5);
        projects.SelectMany(file => XDocument.Parse(file.Text).Descendants("PackageLicenseExpression").Select(said => (file.Path, said.Value)))
            .Where(said => said.Value != Expression).ShouldBeEmpty();
    }

    [Fact]
    public void Readers_find_the_licence_and_where_to_report_a_hole()
    {
        RepositoryFiles.Exists("SECURITY.md").ShouldBeTrue();
        RepositoryFiles.Get("SECURITY.md").Text.ShouldContain("open a private security advisory on the project's repository");
    }
}
