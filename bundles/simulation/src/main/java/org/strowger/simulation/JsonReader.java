package org.strowger.simulation;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one JSON value (RFC 8259): objects as maps in their order, arrays as lists, whole numbers
 * as Long, others as BigDecimal, null as {@link JsonNull}. A key that occurs twice is an error.
 */
final class JsonReader {
  private static final int MAX_DEPTH = 32;
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");
  private static final int MAX_NUMBER_LENGTH = 64;

  private final String text;
  private int at;
  private int depth;

  private JsonReader(String text) {
    this.text = text;
  }

  static Object read(String text) throws JsonSyntaxException {
    JsonReader reader = new JsonReader(text);
    Object value = reader.value();
    reader.skipSpace();
    if (reader.at < text.length()) {
      throw reader.expected("the end of the line");
    }
    return value;
  }

  private Object value() throws JsonSyntaxException {
    skipSpace();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", JsonNull.NULL);
      default -> number();
    };
  }

  private Map<String, Object> object() throws JsonSyntaxException {
    Map<String, Object> object = new LinkedHashMap<>();
    enter();
    if (next('}')) {
      return object;
    }
    do {
      skipSpace();
      int start = at;
      String key = string();
      skipSpace();
      if (!next(':')) {
        throw expected("':'");
      }
      if (object.containsKey(key)) {
        at = start;
        throw expected("a key that did not occur before, not \"" + key + "\" again");
      }
      object.put(key, value());
      skipSpace();
    } while (next(','));
    leave('}');
    return object;
  }

  private List<Object> array() throws JsonSyntaxException {
    List<Object> array = new ArrayList<>();
    enter();
    if (next(']')) {
      return array;
    }
    do {
      array.add(value());
      skipSpace();
    } while (next(','));
    leave(']');
    return array;
  }

  private void enter() throws JsonSyntaxException {
    if (++depth > MAX_DEPTH) {
      throw expected("at most " + MAX_DEPTH + " levels");
    }
    at++;
    skipSpace();
  }

  private void leave(char close) throws JsonSyntaxException {
    if (!next(close)) {
      throw expected("',' or '" + close + "'");
    }
  }

  private String string() throws JsonSyntaxException {
    if (peek() != '"') {
      throw expected("a text in double quotes");
    }
    at++;
    StringBuilder result = new StringBuilder();
    while (true) {
      char c = peek();
      if (c < ' ') {
        throw expected("the closing double quote");
      }
      at++;
      if (c == '"') {
        return result.toString();
      }
      result.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws JsonSyntaxException {
    char c = peek();
    int plain = "\"\\/".indexOf(c);
    int control = "bfnrt".indexOf(c);
    if (plain < 0 && control < 0 && c != 'u') {
      throw expected("one of \" \\ / b f n r t u after a backslash");
    }
    at++;
    if (c != 'u') {
      return control < 0 ? c : "\b\f\n\r\t".charAt(control);
    }
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw expected("four hexadecimal digits");
      }
      code = code * 16 + digit;
      at++;
    }
    return (char) code;
  }

  private Object number() throws JsonSyntaxException {
    Matcher matcher = NUMBER.matcher(text).region(at, text.length());
    if (!matcher.lookingAt() || matcher.end() - at > MAX_NUMBER_LENGTH) {
      throw expected("a value");
    }
    at = matcher.end();
    if (matcher.group(2) == null && matcher.group(3) == null && matcher.group().length() <= 18) {
      return Long.valueOf(matcher.group());
    }
    return new BigDecimal(matcher.group());
  }

  private Object word(String word, Object meaning) throws JsonSyntaxException {
    if (!text.startsWith(word, at)) {
      throw expected("a value");
    }
    at += word.length();
    return meaning;
  }

  private boolean next(char wanted) {
    if (peek() != wanted) {
      return false;
    }
    at++;
    if (wanted == '}' || wanted == ']') {
      depth--;
    }
    return true;
  }

  /** The next character, or 0 at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private JsonSyntaxException expected(String what) {
    return new JsonSyntaxException(at + 1, what);
  }
}
