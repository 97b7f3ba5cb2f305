using System.Text.RegularExpressions;

namespace Realtime.Tests.Architecture;

/// <summary>Tables whose keys come from clients cannot be made slow by keys that were chosen for it.</summary>
public sealed partial class ClientInputTests
{
    /// <summary>.NET's hash codes of texts, and what HashCode makes of several, have a secret of the process in them. Others have none, and a client could choose names that share one.</summary>
    [Fact]
    public void No_type_has_a_hash_code_that_can_be_foreseen() => Program()
        .Where(file => file.Text.Contains("override int GetHashCode", StringComparison.Ordinal) && !Seeded().IsMatch(file.Text))
        .Select(file => file.Path).ShouldBeEmpty();

    private static IEnumerable<SourceFile> Program() => RepositoryFiles.CSharp
        .Where(file => file.Path.StartsWith("Realtime.Node/", StringComparison.Ordinal) || file.Path.StartsWith("Realtime.Messages/", StringComparison.Ordinal));

    [GeneratedRegex(@"default\(HashCode\)|HashCode\.Combine")]
    private static partial Regex Seeded();
}
