using System.Text.Json;
using Realtime.Messages.Errors;
using Realtime.Node.Application;

namespace Auction;

/// <summary>Who may come in. A real house would check a token; here a name is enough, so that the sample can be tried by several people in one room.</summary>
internal static class Bidders
{
    public static Decision Enter(ConnectContext connect)
    {
        if (connect.Data is not { ValueKind: JsonValueKind.Object } data || !data.TryGetProperty("name", out var said) || said.ValueKind is not JsonValueKind.String)
        {
            return Decision.Allow; // Looks on without a name.
        }

        var name = said.GetString()!.Trim();
        return name.Length is > 0 and <= 30 && name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-')
            ? Decision.As(new RealtimeUser(name))
            : Decision.Refuse("a name has 1 to 30 letters, digits, spaces and hyphens", ErrorCode.BadRequest);
    }
}
