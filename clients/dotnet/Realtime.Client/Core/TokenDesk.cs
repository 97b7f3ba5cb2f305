namespace Realtime.Client.Core;

/// <summary>The application's token: the one at hand, and the fetching of the next.</summary>
internal sealed class TokenDesk(ClientSettings settings, List<ClientEffect> effects)
{
    private bool _refused;

    public string? Token { get; set; } = settings.Token;

    public bool Fetching { get; private set; }

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

    public void Accepted() => _refused = false;

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
