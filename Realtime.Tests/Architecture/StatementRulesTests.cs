namespace Realtime.Tests.Architecture;

public sealed class StatementRulesTests
{
    /// <summary>They read lines of this process's own log.</summary>
    private static readonly string[] OwnTexts = ["Realtime.Node/Cluster/PeerLines.cs"];

    [Fact]
    public void No_statement_is_made_of_what_comes_from_outside()
    {
        var stores = RepositoryFiles.CSharp.Where(file => file.Path.StartsWith("Realtime.Node/", StringComparison.Ordinal)).ToList();

        stores.Count(file => file.Text.Contains("SELECT ", StringComparison.Ordinal)).ShouldBeGreaterThan(4, "the statements were not found");
        stores.SelectMany(StatementRules.StatementFaults).ShouldBeEmpty();
    }

    [Fact]
    public void Patterns_run_in_linear_time() =>
        RepositoryFiles.CSharp.Where(file => file.Path.StartsWith("Realtime.Node/", StringComparison.Ordinal) || file.Path.StartsWith("Realtime.Messages/", StringComparison.Ordinal))
            .SelectMany(file => StatementRules.PatternFaults(file, OwnTexts)).ShouldBeEmpty();

    [Theory]
    [InlineData("command.CommandText = $\"SELECT * FROM {table} WHERE id = '{id}'\";")]
    [InlineData("command.CommandText = $$\"\"\"\n  DELETE FROM x WHERE y = {{name}}\n\"\"\";")]
    [InlineData("command.CommandText = \"SELECT * FROM x WHERE id = \" + id;")]
    public void A_statement_that_is_put_together_is_found(string code) => StatementRules.StatementFaults(new SourceFile("A/B.cs", code)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("command.CommandText = $\"SELECT * FROM {table} WHERE id = $1\";")]
    [InlineData("var text = $\"Select one of {names}\";")]
    public void Others_are_left_alone(string code) => StatementRules.StatementFaults(new SourceFile("A/B.cs", code)).ShouldBeEmpty();

    [Theory]
    [InlineData("[GeneratedRegex(\"(a+)+\")] x();")]
    [InlineData("if (Regex.IsMatch(text, pattern)) { }")]
    public void A_pattern_that_may_take_for_ever_is_found(string code) => StatementRules.PatternFaults(new SourceFile("A/B.cs", code), []).ShouldNotBeEmpty();
}
