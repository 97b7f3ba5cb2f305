namespace Realtime.Tests.Architecture;

/// <summary>The layer table of docs/architecture.md holds. What the checker would find is shown on a small made-up repository.</summary>
public sealed class LayerTests
{
    private const string Page = """
        # Made up

        | layer | project / folder | may use | what lives there |
        |---|---|---|---|
        | 0 | `Realtime.Messages` | – | contracts |
        | 1 | `Realtime.Node/Kernel` | Messages | actors |
        | 2 | `Realtime.Node/Journal` | Messages, Kernel | logs |
        | 3 | `Realtime.Node/Sessions`, `Realtime.Node/Channels` | Kernel, Journal, Messages | entities |
        | 4 | `Realtime.Node` | Sessions, Channels, Messages | the program |
        | – | `clients/dotnet/Realtime.Client` | – | the client |

        Text.
        """;

    [Fact]
    public void Every_arrow_in_the_sources_points_to_a_smaller_layer() => LayerRules.Faults(Table(), RepositoryFiles.All).ShouldBeEmpty();

    [Fact]
    public void The_table_itself_is_sound()
    {
        var table = Table();

        table.Faults().ShouldBeEmpty();
        table.Layers.Where(layer => !RepositoryFiles.Exists(layer.Folder)).Select(layer => layer.Folder).ShouldBeEmpty("in the table, not on the disk");
    }

    [Theory]
    [InlineData("using Realtime.Node.Channels;", "Realtime.Node/Channels")]
    [InlineData("using static Realtime.Node.Channels.Rules;", "Realtime.Node/Channels")]
    [InlineData("using Rules = Realtime.Node.Channels.Rules;", "Realtime.Node/Channels")]
    [InlineData("global using Realtime.Node.Channels.Core;", "Realtime.Node/Channels")]
    [InlineData("class A { global::Realtime.Node.Channels.Rules _rules; }", "Realtime.Node/Channels")]
    [InlineData("class A { Node.Channels.Rules _rules; }", "Realtime.Node/Channels")]
    [InlineData("class A { Channels . Rules _rules; }", "Realtime.Node/Channels")]
    [InlineData("class A { string _b = $\"{Channels.Rules.Name}\"; }", "Realtime.Node/Channels")]
    [InlineData("using Realtime.Client;", "clients/dotnet/Realtime.Client")]
    public void An_arrow_to_a_neighbour_or_upwards_is_found(string code, string target)
    {
        var faults = LayerRules.Faults(LayerTable.Parse(Page), [Source("Realtime.Node/Sessions/Core", code)]);

        faults.ShouldHaveSingleItem().ShouldContain($"Realtime.Node/Sessions may not use {target}");
    }

    [Theory]
    [InlineData("using Realtime.Node.Journal; using Realtime.Messages.Ids; using System.Text;")]
    [InlineData("using Realtime.Node.Sessions.Core;")]
    [InlineData("class A { Messages.Ids.ChannelName _name; }")]
    [InlineData("// using Realtime.Node.Channels;\nclass A { string _b = \"Realtime.Node.Channels.Rules\"; }")]
    [InlineData("class A { int _b = a.Channels.Count; }")]
    [InlineData("class A { List<int> Channels { get; } int B => Channels.Rules.Count; }")]
    public void An_arrow_downwards_and_words_in_comments_and_texts_are_none(string code)
    {
        LayerRules.Faults(LayerTable.Parse(Page), [Source("Realtime.Node/Sessions", code)]).ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_is_not_in_the_table_is_found()
    {
        var faults = LayerRules.Faults(LayerTable.Parse(Page), [Source("Realtime.Node/Gateway", ""), Source("tools", "")]).ToList();

        faults.Count.ShouldBe(2);
        faults.ShouldAllBe(fault => fault.Contains("in no row", StringComparison.Ordinal));
    }

    [Fact]
    public void A_projects_own_files_are_in_the_row_of_its_name_and_its_folders_are_not()
    {
        LayerRules.Faults(LayerTable.Parse(Page), [new SourceFile("Realtime.Node/Program.cs", "using Realtime.Node.Sessions;")]).ShouldBeEmpty();
    }

    [Fact]
    public void A_project_reference_is_an_arrow_too()
    {
        var client = new SourceFile(
            "clients/dotnet/Realtime.Client/Realtime.Client.csproj", """<ProjectReference Include="../../../Realtime.Messages/Realtime.Messages.csproj" />""");
        var node = new SourceFile(
            "Realtime.Node/Realtime.Node.csproj", """<ProjectReference Include="..\Realtime.Messages\Realtime.Messages.csproj" />""");

        LayerRules.Faults(LayerTable.Parse(Page), [client, node]).ShouldHaveSingleItem().ShouldContain("may not use Realtime.Messages");
    }

    [Fact]
    public void A_table_that_lets_a_layer_use_its_equal_or_is_no_table_is_refused()
    {
        LayerTable.Parse(Page.Replace("| Messages, Kernel | logs |", "| Channels | logs |", StringComparison.Ordinal)).Faults()
            .ShouldHaveSingleItem().ShouldContain("does not have a smaller number");
        Should.Throw<FormatException>(() => LayerTable.Parse(Page.Replace("| Messages, Kernel |", "| Kernels |", StringComparison.Ordinal)))
            .Message.ShouldContain("Kernels");
        Should.Throw<FormatException>(() => LayerTable.Parse("# Nothing"));
    }

    private static LayerTable Table() => LayerTable.Parse(RepositoryFiles.Get("docs/architecture.md").Text);

    private static SourceFile Source(string folder, string code) =>
        new($"{folder}/A.cs", $"{code}\nnamespace {folder.Replace('/', '.')};\n");
}
