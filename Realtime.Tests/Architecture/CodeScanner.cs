namespace Realtime.Tests.Architecture;

/// <summary>
/// C# text with comments and literals blanked out, line for line and column for column, so that rules about code are not broken by what
/// is only said about it. What stands in the holes of interpolated strings is code and stays.
/// </summary>
internal sealed class CodeScanner
{
    private readonly string _source;
    private readonly char[] _code;
    private int _at;

    private CodeScanner(string source)
    {
        _source = source;
        _code = source.ToCharArray();
    }

    public static string CodeOf(string source)
    {
        var scanner = new CodeScanner(source);
        scanner.Code(inHole: false);
        return new string(scanner._code);
    }

    private void Code(bool inHole)
    {
        var depth = 0;
        while (_at < _source.Length)
        {
            var c = _source[_at];
            if (Sees("//"))
            {
                BlankTo(IndexOr(_source.IndexOf('\n', _at)));
            }
            else if (Sees("/*"))
            {
                var end = _source.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                BlankTo(end < 0 ? _source.Length : end + 2);
            }
            else if (c is '\'')
            {
                Character();
            }
            else if (c is '"' or '$' or '@' && TryString())
            {
                continue;
            }
            else if (c is '}' && inHole && depth == 0)
            {
                return;
            }
            else
            {
                depth += c is '{' ? 1 : c is '}' ? -1 : 0;
                _at++;
            }
        }
    }

    private bool TryString()
    {
        var at = _at;
        var dollars = 0;
        var verbatim = false;
        while (at < _source.Length && _source[at] is '$' or '@')
        {
            dollars += _source[at] is '$' ? 1 : 0;
            verbatim |= _source[at] is '@';
            at++;
        }

        var quotes = Run(at, '"');
        if (quotes == 0)
        {
            return false;
        }

        if (quotes == 2 && !verbatim)
        {
            BlankTo(at + 2);
            return true;
        }

        var raw = quotes >= 3 && !verbatim;
        BlankTo(at + (raw ? quotes : 1));
        Text(raw ? quotes : 1, raw, verbatim, dollars);
        return true;
    }

    private void Text(int quotes, bool raw, bool verbatim, int dollars)
    {
        while (_at < _source.Length)
        {
            var c = _source[_at];
            if (c is '"' && verbatim && Run(_at, '"') >= 2)
            {
                BlankTo(_at + 2);
            }
            else if (c is '"' && Run(_at, '"') >= quotes)
            {
                // Further quotes before the closing ones belong to the text of a raw string.
                BlankTo(_at + (raw ? Run(_at, '"') : 1));
                return;
            }
            else if (c is '\\' && !raw && !verbatim)
            {
                BlankTo(_at + 2);
            }
            else if (c is '{' && dollars > 0)
            {
                Hole(raw, dollars);
            }
            else
            {
                BlankTo(_at + 1);
            }
        }
    }

    private void Hole(bool raw, int dollars)
    {
        var braces = Run(_at, '{');
        if (raw ? braces < dollars : braces % 2 == 0)
        {
            BlankTo(_at + braces);
            return;
        }

        BlankTo(_at + braces);
        Code(inHole: true);
        BlankTo(_at + (raw ? dollars : 1));
    }

    private void Character()
    {
        var end = _at + 1;
        while (end < _source.Length && _source[end] is not '\'' and not '\n')
        {
            end += _source[end] is '\\' ? 2 : 1;
        }

        BlankTo(end + 1);
    }

    private bool Sees(string text) => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;

    private int IndexOr(int index) => index < 0 ? _source.Length : index;

    private int Run(int from, char c)
    {
        var at = from;
        while (at < _source.Length && _source[at] == c)
        {
            at++;
        }

        return at - from;
    }

    private void BlankTo(int end)
    {
        for (end = Math.Min(end, _source.Length); _at < end; _at++)
        {
            if (_code[_at] is not '\n' and not '\r')
            {
                _code[_at] = ' ';
            }
        }
    }
}
