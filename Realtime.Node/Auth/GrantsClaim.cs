using System.Text.Json;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Auth;

/// <summary>
/// The claim <c>channels</c>: <c>{"chat:*": ["subscribe", "publish"], "news": "*"}</c>. A name, or the beginning of names and <c>*</c> at its end; a token that says
/// anything else there is refused, for nobody knows what it was meant to grant.
/// </summary>
internal static class GrantsClaim
{
    public const string Name = "channels";
    private const int Maximum = 64;

    public static string? Read(JsonElement payload, out ChannelGrants grants)
    {
        grants = ChannelGrants.None;
        if (!payload.TryGetProperty(Name, out var claim))
        {
            return null;
        }

        if (claim.ValueKind != JsonValueKind.Object)
        {
            return $"The token's {Name} must be an object: names of channels and what may be done there.";
        }

        var read = new List<ChannelGrant>();
        foreach (var property in claim.EnumerateObject())
        {
            if (read.Count == Maximum)
            {
                return $"The token's {Name} must have at most {Maximum} entries.";
            }

            if (!IsPattern(property.Name))
            {
                return $"The token's {Name} must be names of channels, or beginnings of names with * as their last character.";
            }

            if (RightsOf(property.Value) is not { } rights)
            {
                return $"The token's {Name} may grant subscribe, publish, presence and history in a list, or \"*\".";
            }

            read.Add(new ChannelGrant(property.Name, rights));
        }

        grants = new ChannelGrants(read);
        return null;
    }

    /// <summary>The server's own channels are granted to nobody.</summary>
    private static bool IsPattern(string text)
    {
        var star = text.IndexOf('*', StringComparison.Ordinal);
        if (star >= 0 && star != text.Length - 1)
        {
            return false;
        }

        // What begins names is valid when a name can go on from it.
        return ChannelName.TryParse(star < 0 ? text : text[..^1] + "x", out var name, out _) && !name.IsReserved;
    }

    private static ChannelRights? RightsOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString() == "*" ? ChannelRights.All : null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var rights = ChannelRights.None;
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || RightOf(item.GetString()) is not { } right)
            {
                return null;
            }

            rights |= right;
        }

        return rights;
    }

    private static ChannelRights? RightOf(string? name) => name switch
    {
        "subscribe" => ChannelRights.Subscribe,
        "publish" => ChannelRights.Publish,
        "presence" => ChannelRights.Presence,
        "history" => ChannelRights.History,
        _ => null,
    };
}
