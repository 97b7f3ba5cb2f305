namespace Realtime.Client.Core;

/// <summary>The application's token: the one at hand, and the fetching of the next.</summary>
internal sealed class TokenDesk(ClientSettings settings, List<ClientEffect> effects)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>Of a timer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);
    private static readonly TimeSpan Soonest = TimeSpan.FromSeconds(1);
    private bool _refused;

    public string? Token { get; set; } = settings.Token;

    public bool Fetching { get; private set; }

    /// <summary>When the token is to be renewed: a minute before its end, or a tenth of its time. Null: never.</summary>
    public TimeSpan? RenewAt { get; private set; }

    /// <summary>The server has said how long the token at hand still counts.</summary>
    public void Lives(TimeSpan? left, TimeSpan now)
    {
        RenewAt = null;
        if (left is { } time && settings.HasTokenProvider)
        {
            var due = time - (time / 10 < Margin ? time / 10 : Margin);
            RenewAt = now + (due < Soonest ? Soonest : due > Longest ? Longest : due);
        }
    }

    /// <summary>The connection goes on meanwhile. If it comes to nothing, it ends with the token and comes back with another.</summary>
    public void Tick(bool isAttached, TimeSpan now)
    {
        if (isAttached && RenewAt <= now)
        {
            RenewAt = null;
            effects.Add(new ClientEffect.RenewToken());
        }
    }

    /// <summary>True when a token is on its way, so that the link has to wait for it.</summary>
    public bool Fetch()
    {
        if (Fetching)
        {
            return true;
        }

        if (!settings.HasTokenProvider || Token is not null)
        {
            return false;
        }

        Fetching = true;
        effects.Add(new ClientEffect.FetchToken());
        return true;
    }

    public void Fetched(string? token)
    {
        Token = token;
        Fetching = false;
    }

    public void Failed() => Fetching = false;

    public void Accepted(TimeSpan? left, TimeSpan now)
    {
        _refused = false;
        Lives(left, now);
    }

    /// <summary>True when the refusal was the token's fault and another one can be fetched.</summary>
    public bool Refused(string code, out bool again)
    {
        again = _refused;
        if (code is not (ErrorCodes.TokenExpired or ErrorCodes.Unauthorized) || !settings.HasTokenProvider)
        {
            return false;
        }

        Token = null;
        _refused = true;
        return true;
    }
}
