package org.collapse4j.log;

import java.io.IOException;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationContext;
import org.nd4j.shade.jackson.databind.JsonMappingException;
import org.nd4j.shade.jackson.databind.SerializerProvider;
import org.nd4j.shade.jackson.databind.deser.std.StdScalarDeserializer;
import org.nd4j.shade.jackson.databind.module.SimpleModule;
import org.nd4j.shade.jackson.databind.ser.std.StdScalarSerializer;

/** Numbers in a log: undefined is null, and what is to be whole is whole. */
final class JsonNumbers extends SimpleModule {
  private static final long serialVersionUID = 1;

  JsonNumbers() {
    addSerializer(Double.class, new UndefinedIsNull());
    addSerializer(double.class, new UndefinedIsNull());
    addDeserializer(Double.class, new NullIsUndefined());
    addDeserializer(double.class, new NullIsUndefined());
    addDeserializer(long.class, new WholeNumber());
  }

  /** JSON has no number that is not finite. */
  private static final class UndefinedIsNull extends StdScalarSerializer<Double> {
    private static final long serialVersionUID = 1;

    UndefinedIsNull() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }

  private static final class NullIsUndefined extends StdScalarDeserializer<Double> {
    private static final long serialVersionUID = 1;

    NullIsUndefined() {
      super(Double.class);
    }

    @Override
    public Double deserialize(JsonParser json, DeserializationContext context) throws IOException {
      return json.currentToken().isNumeric()
          ? (Double) json.getDoubleValue()
          : (Double) context.handleUnexpectedToken(Double.class, json);
    }

    @Override
    public Double getNullValue(DeserializationContext context) {
      return Double.NaN;
    }
  }

  /** Written as {@code 3} or {@code 3.0}; Jackson itself would take 3.5 for 3. */
  private static final class WholeNumber extends StdScalarDeserializer<Long> {
    private static final long serialVersionUID = 1;

    WholeNumber() {
      super(Long.class);
    }

    @Override
    public Long deserialize(JsonParser json, DeserializationContext context) throws IOException {
      try {
        return json.getDecimalValue().longValueExact();
      } catch (ArithmeticException | JsonProcessingException notWhole) {
        return (Long) context.handleUnexpectedToken(Long.class, json);
      }
    }

    @Override
    public Long getNullValue(DeserializationContext context) throws JsonMappingException {
      return context.reportInputMismatch(this, "null is no whole number");
    }
  }
}
