using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>What clients send is read without what a text can be made slow for.</summary>
public sealed partial class ClientInputTests
{
    /// <summary>Lines of Akka.NET's own log, on their way to ours.</summary>
    private static readonly string[] WithExpressions = ["Realtime.Node/Cluster/PeerLines.cs"];

    [Fact]
    public void No_regular_expression_sees_what_a_client_has_sent() => Program()
        .Where(file => Expression().IsMatch(file.Text)).Select(file => file.Path).ShouldBe(WithExpressions);

    /// <summary>.NET's hash codes of texts, and what HashCode makes of several, have a secret of the process in them. Others have none, and a client could choose names that share one.</summary>
    [Fact]
    public void No_type_has_a_hash_code_that_can_be_foreseen() => Program()
        .Where(file => file.Text.Contains("override int GetHashCode", StringComparison.Ordinal) && !Seeded().IsMatch(file.Text))
        .Select(file => file.Path).ShouldBeEmpty();

    private static IEnumerable<SourceFile> Program() => RepositoryFiles.CSharp
        .Where(file => file.Path.StartsWith("Realtime.Node/", StringComparison.Ordinal) || file.Path.StartsWith("Realtime.Messages/", StringComparison.Ordinal));

    [GeneratedRegex(@"\bRegex\b")]
    private static partial Regex Expression();

    [GeneratedRegex(@"default\(HashCode\)|HashCode\.Combine")]
    private static partial Regex Seeded();
}
