using System.Globalization;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>Who has the claim, as far as the database says.</summary>
/// <param name="Process">Of the database's server.</param>
/// <param name="Application">Null: the session is another role's.</param>
/// <param name="Address">Null: another role's, or a socket of the server's machine.</param>
internal sealed record ClaimHolder(int Process, string? Application, string? Address)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(string.IsNullOrEmpty(Application) ? "another session" : $"\"{Application}\"")}{(Address is null ? "" : $" at {Address}")} (server process {Process})");
}
