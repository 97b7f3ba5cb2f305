using System.Globalization;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>Who has the claim, as far as the database says.</summary>
/// <param name="Process">Of the database's server.</param>
/// <param name="Application">Null: the session is another role's.</param>
/// <param name="Address">Null: another role's, or a socket of the server's machine.</param>
internal sealed record ClaimHolder(int Process, string? Application, string? Address)
{
    public override string ToString()
    {
        var name = string.IsNullOrEmpty(Application) ? "another session" : $"\"{Application}\"";
        var place = Address is null ? "" : $" at {Address}";
        return string.Create(CultureInfo.InvariantCulture, $"{name}{place} (server process {Process})");
    }
}
